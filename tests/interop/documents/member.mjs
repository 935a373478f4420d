// A member of a document for tests of single messages: what it emits is what the test wrote, what it gets is kept.
import assert from 'node:assert/strict';
import { eventually } from '../support/expect.mjs';

const kEvents = ['update', 'acknowledged', 'presence', 'user-joined', 'user-left', 'user-count', 'document:closed'];
let clients = 0;

export class Member {
  received = [];
  version = 0;
  seq = 0;

  constructor(socket, document) {
    this.socket = socket;
    this.document = document;
    this.client = `client-${process.pid}-${++clients}`;
    for (const event of kEvents)
      socket.on(event, (payload) => {
        this.received.push({ event, ...payload });
        if (payload.version > this.version && event !== 'presence') this.version = payload.version;
      });
  }

  ask(event, payload) {
    return this.socket.timeout(5000).emitWithAck(event, payload);
  }

  async open(options = {}) {
    const answer = await this.ask('document:open', { document: this.document, client: this.client, create: true, ...options });
    if (answer.ok) {
      this.version = answer.version;
      this.epoch = answer.epoch;
    }
    return answer;
  }

  // Sends an operation as it stands; version, client and seq are those of a client that behaves unless the test says otherwise.
  async send(changes, fields = {}) {
    const request = { document: this.document, version: this.version, client: this.client, seq: ++this.seq, changes, ...fields };
    const answer = await this.ask('document:operation', request);
    if (answer.ok && answer.version > this.version) this.version = answer.version;
    return answer;
  }

  async sent(changes, fields) {
    const answer = await this.send(changes, fields);
    assert.equal(answer.ok, true, JSON.stringify(answer));
    return answer;
  }

  async refused(code, changes, fields) {
    const answer = await this.send(changes, fields);
    assert.equal(answer.ok, false, `${JSON.stringify(changes)?.slice(0, 100)} was accepted`);
    assert.equal(answer.error.code, code, JSON.stringify(answer.error));
    assert.equal(typeof answer.error.message, 'string');
    return answer;
  }

  // The first message of that kind that is or comes in, and passes; it is taken out.
  async got(event, passes = () => true) {
    const index = await eventually(() => {
      const found = this.received.findIndex((message) => message.event === event && passes(message));
      return found < 0 ? undefined : { found };
    }, `"${event}" (there are: ${JSON.stringify(this.received)})`);
    return this.received.splice(index.found, 1)[0];
  }

  async content() {
    return (await this.ask('document:snapshot', { document: this.document })).content;
  }
}

export async function memberOf(fixture, document, options) {
  const member = new Member(await fixture.connect(), document);
  member.opened = await member.open(options);
  assert.equal(member.opened.ok, true, JSON.stringify(member.opened));
  return member;
}

export function checkRefusal(answer, code) {
  assert.equal(answer.ok, false, JSON.stringify(answer));
  assert.equal(answer.error.code, code, JSON.stringify(answer.error));
}
