// kill -9 in the middle of busy documents, again and again: what was acknowledged is there, nothing is there twice, and
// clients go on by themselves. The typists are tutti-client (clients/js); a client of our own keeps the books.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { eventually, pause } from '../support/expect.mjs';
import { root } from '../support/server.mjs';
import { Fixture } from './fixture.mjs';
import { Member } from './member.mjs';

const kKills = Number(process.env.TUTTI_KILLS ?? 20);
const kTypists = 4;
const kDocuments = ['crash-a', 'crash-b'];
const kFirstCharacter = 0x4e00; // each character typed is another one, so that a text tells what is in it and how often

const { TuttiClient } = await import(pathToFileURL(join(root, 'clients/js/dist/index.js')));

let fixture;
before(async () => {
  fixture = await Fixture.start({ durability: 'full' });
});
after(() => fixture.stop());

let nextCharacter = kFirstCharacter;

// Someone who types at random places, and now and then takes a character of their own out again.
class Typist {
  expected = new Set();
  typing = false;

  constructor(document) {
    this.client = new TuttiClient(fixture.url, { reconnectionDelay: { min: 20, max: 100 }, socket: { transports: ['websocket'] } });
    this.document = this.client.open(document, { create: true });
    this.document.on('refused', (error) => assert.fail(`refused: ${error.message}`));
  }

  edit() {
    const { text } = this.document;
    const own = [...this.expected];
    const victim = own[Math.floor(Math.random() * own.length)];
    const place = Math.random() < 0.2 && victim ? text.indexOf(victim) : -1;
    if (place >= 0) {
      this.document.delete(place, 1);
      this.expected.delete(victim);
      return;
    }
    const character = String.fromCharCode(nextCharacter++);
    this.document.insert(Math.floor(Math.random() * (text.length + 1)), character);
    this.expected.add(character);
  }

  async type() {
    await this.document.ready;
    this.typing = true;
    while (this.typing) {
      this.edit();
      await pause(1 + Math.random() * 6);
    }
  }
}

// Writes one operation after the other without ever correcting itself: what it is told is what it may rely on.
class Bookkeeper {
  acknowledged = []; // {version, seq}
  restarts = 0;

  constructor(document) {
    this.document = document;
    this.client = `bookkeeper-${document}`;
    this.seq = 0;
  }

  // Until the connection breaks.
  async write() {
    this.member = new Member(await fixture.connect(), this.document);
    this.member.client = this.client;
    const opened = await this.member.open();
    this.epoch ??= opened.epoch;
    assert.equal(opened.epoch, this.epoch, 'the epoch stays when nothing is lost');
    assert.ok(opened.version >= (this.acknowledged.at(-1)?.version ?? 0), 'an acknowledged version is missing');
    while (this.member.socket.connected) {
      let answer;
      try {
        answer = await this.member.socket.timeout(5000).emitWithAck('document:operation',
          { document: this.document, version: this.member.version, client: this.client, seq: ++this.seq, changes: [] });
      } catch {
        return; // broken before the answer: committed or not, both are right
      }
      if (!answer.ok) return;
      this.member.version = Math.max(this.member.version, answer.version);
      this.acknowledged.push({ version: answer.version, seq: this.seq });
    }
  }
}

async function historyOf(member) {
  const revisions = [];
  for (let from = 0; ;) {
    const answer = await member.ask('document:history', { document: member.document, from });
    assert.equal(answer.ok, true, JSON.stringify(answer));
    revisions.push(...answer.revisions);
    from = revisions.at(-1)?.version ?? answer.version;
    if (from >= answer.version) return revisions;
  }
}

describe('kill -9', () => {
  it(`${kKills} times loses nothing and doubles nothing`, { timeout: 110_000 }, async (t) => {
    const typists = Array.from({ length: kTypists }, (_, i) => new Typist(kDocuments[i % kDocuments.length]));
    const books = kDocuments.map((document) => new Bookkeeper(document));
    const typing = typists.map((typist) => typist.type());
    await Promise.all(typists.map(({ document }) => document.ready));

    for (let kill = 0; kill < kKills; kill++) {
      const writing = books.map((book) => book.write());
      await pause(30 + Math.random() * 250);
      await fixture.server.kill();
      await Promise.all(writing);
      await fixture.restart({ durability: 'full' });
      await eventually(() => typists.every(({ client }) => client.status === 'online'), 'the typists to be back', 10_000);
    }

    for (const typist of typists) typist.typing = false;
    await Promise.all(typing);
    await eventually(() => typists.every(({ document }) => document.status === 'saved'), 'everything to be saved', 20_000);

    for (const [index, document] of kDocuments.entries()) {
      const member = new Member(await fixture.connect(), document);
      const { content, version, epoch } = await member.open();
      assert.equal(epoch, books[index].epoch);
      const own = typists.filter((typist) => typist.document.id === document);
      await eventually(() => own.every((typist) => typist.document.version === version), 'the newest version everywhere');
      for (const typist of own) assert.ok(typist.document.text === content, 'a typist differs');

      const expected = own.flatMap((typist) => [...typist.expected]).sort().join('');
      assert.equal([...content].sort().join(''), expected, 'every character is there, once');

      const operations = (await historyOf(member)).flatMap((revision) => revision.operations.map((operation) => ({ ...operation, version: revision.version })));
      const identities = operations.map(({ userId, client, seq }) => `${userId} ${client} ${seq}`);
      assert.equal(new Set(identities).size, identities.length, 'an operation was committed twice');
      const committed = new Map(operations.filter(({ client }) => client === books[index].client).map(({ seq, version: at }) => [seq, at]));
      for (const { seq, version: at } of books[index].acknowledged) assert.ok(committed.get(seq) <= at, `operation ${seq} was acknowledged and is missing`);
      t.diagnostic(`${document}: ${operations.length} operations, ${books[index].acknowledged.length} acknowledged to the bookkeeper, ` +
        `${own.reduce((sum, typist) => sum + typist.document.corrections, 0)} corrections`);
      assert.ok(books[index].acknowledged.length > kKills, 'the documents were busy');
    }
    for (const { client } of typists) client.disconnect();
  });
});
