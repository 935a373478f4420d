// Limits and gates of `tutti serve`: users, origins, rates, sizes, the window of the log, slow readers.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { after, before, describe, it } from 'node:test';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { eventually, nextEvent, pause } from '../support/expect.mjs';
import { exchange } from '../support/raw-http.mjs';
import { binDir } from '../support/server.mjs';
import { Fixture } from './fixture.mjs';
import { checkRefusal, Member, memberOf } from './member.mjs';

const kKey = 'a secret that is long enough for everybody';

async function tokenFor(user, ...more) {
  const { stdout } = await promisify(execFile)(join(binDir, 'tutti'), ['token', '--auth-key', kKey, '--user', user, ...more]);
  return stdout.trim();
}

describe('connections of a user', () => {
  let fixture;
  before(async () => {
    fixture = await Fixture.start({ flags: ['--max-connections-per-user', '2', '--auth-key', kKey, '--auth-anonymous', 'write'] });
  });
  after(() => fixture.stop());

  const refused = async (auth) => (await nextEvent(fixture.make({ auth }), 'connect_error'))[0];

  it('are limited, with a code and a time to try again', async () => {
    const auth = { token: await tokenFor('ann') };
    const sockets = [await fixture.connect({ auth }), await fixture.connect({ auth })];
    const error = await refused(auth);
    assert.equal(error.data.code, 'too-many-connections');
    assert.ok(error.data.retryAfter > 0);
    await fixture.connect({ auth: { token: await tokenFor('bob') } });
    sockets[0].disconnect();
    const again = await eventually(async () => {
      const socket = fixture.make({ auth });
      const outcome = await Promise.race([nextEvent(socket, 'connect').then(() => socket), nextEvent(socket, 'connect_error').then(() => undefined)]);
      return outcome;
    }, 'the place to be free');
    again.disconnect();
    sockets[1].disconnect();
  });

  it('are counted down however they end, and refusals count for nothing', async () => {
    const auth = { token: await tokenFor('eve') };
    for (let round = 0; round < 5; round++) {
      const sockets = [await fixture.connect({ auth }), await fixture.connect({ auth })];
      await refused(auth);
      await refused(auth);
      sockets[0].io.engine.close();
      sockets[1].disconnect();
      await eventually(async () => {
        const metrics = await (await fetch(`${fixture.url}/metrics`)).text();
        return /\d/.test(metrics);
      }, 'metrics');
      await pause(50);
    }
  });

  it('are not counted for people without a token', async () => {
    const sockets = await Promise.all(Array.from({ length: 10 }, () => fixture.connect()));
    assert.ok(sockets.every((socket) => socket.connected));
  });

  it('need a token that is good', async () => {
    for (const token of ['x', 'a.b.c', '', (await tokenFor('ann')).slice(0, -2), 1, {}, null]) {
      const socket = fixture.make({ auth: { token } });
      const outcome = await Promise.race([nextEvent(socket, 'connect').then(() => 'in'), nextEvent(socket, 'connect_error').then(([error]) => error.data?.code)]);
      if (token === null || token === '') assert.ok(['in', 'unauthenticated'].includes(outcome), String(outcome));
      else assert.equal(outcome, 'unauthenticated', JSON.stringify(token));
    }
  });

  it('take their name from the token, not from what they say', async () => {
    const member = new Member(await fixture.connect({ auth: { token: await tokenFor('zoe'), userId: 'ann' } }), 'whose');
    const answer = await member.open();
    assert.equal(answer.users[0].userId, 'zoe');
  });

  it('keep two users with one client id apart', async () => {
    const ann = new Member(await fixture.connect({ auth: { token: await tokenFor('u1') } }), 'shared-client');
    const bob = new Member(await fixture.connect({ auth: { token: await tokenFor('u2') } }), 'shared-client');
    bob.client = ann.client;
    await ann.open();
    await bob.open();
    await ann.sent(['a']);
    const { by } = await bob.got('update');
    assert.equal(by, 'u1');
    await bob.sent(['b']);
    assert.deepEqual(ann.received.filter(({ event }) => event === 'document:closed'), []);
  });

  it('may be allowed some documents only', async () => {
    const token = await tokenFor('reader', '--document', 'public-*=read', '--document', 'mine=write').catch((error) => assert.fail(error.stderr));
    const member = async (document) => new Member(await fixture.connect({ auth: { token } }), document);
    const mine = await member('mine');
    assert.equal((await mine.open()).access, 'write');
    mine.socket.disconnect();
    const writer = await memberOf(fixture, 'public-1');
    await writer.sent(['abc']);
    const open = await member('public-1');
    assert.equal((await open.open()).access, 'read');
    await open.refused('forbidden', ['x']);
    open.socket.disconnect();
  });
});

describe('origins', () => {
  let fixture;
  before(async () => {
    fixture = await Fixture.start({ env: { CLIENT_URL: 'https://good.example' } });
  });
  after(() => fixture.stop());

  const polling = (origin) => fetch(`${fixture.url}/socket.io/?EIO=4&transport=polling`, { headers: origin ? { origin } : {} });
  const upgrade = (origin) => exchange(fixture.server.port,
    `GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: 127.0.0.1:${fixture.server.port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n` +
    `Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n${origin ? `Origin: ${origin}\r\n` : ''}\r\n`);

  it('on the list may poll and open a WebSocket', async () => {
    const response = await polling('https://good.example');
    assert.equal(response.status, 200);
    assert.equal(response.headers.get('access-control-allow-origin'), 'https://good.example');
    assert.equal((await upgrade('https://good.example')).status, 101);
  });
  for (const origin of ['https://evil.example', 'http://good.example', 'https://good.example.evil.example', 'https://good.example:8443', 'null', 'https://xgood.example'])
    it(`${origin} is refused on both`, async () => {
      const response = await polling(origin);
      assert.equal(response.status, 403);
      assert.notEqual(response.headers.get('access-control-allow-origin'), origin);
      assert.ok([400, 403].includes((await upgrade(origin)).status));
    });
  it('of the server itself, and programs without one, may come', async () => {
    for (const origin of [undefined, fixture.url]) {
      assert.equal((await polling(origin)).status, 200, String(origin));
      assert.equal((await upgrade(origin)).status, 101, String(origin));
    }
  });
  it('are answered at a preflight', async () => {
    const preflight = (origin) => fetch(`${fixture.url}/socket.io/?EIO=4&transport=polling`, { method: 'OPTIONS', headers: { origin, 'access-control-request-method': 'POST' } });
    const good = await preflight('https://good.example');
    assert.equal(good.status, 204);
    assert.equal(good.headers.get('access-control-allow-origin'), 'https://good.example');
    assert.notEqual((await preflight('https://evil.example')).headers.get('access-control-allow-origin'), 'https://evil.example');
  });
});

describe('sizes and rates', () => {
  let fixture;
  before(async () => {
    fixture = await Fixture.start({ flags: ['--max-operations-per-second', '5', '--log-window', '100', '--max-payload', '100000', '--max-operation-size', '20000', '--max-document-size', '30000', '--max-history', '7'] });
  });
  after(() => fixture.stop());

  it('of operations are limited, with a time to try again', async () => {
    const member = await memberOf(fixture, fixture.name());
    let refusal;
    for (let i = 0; i < 50 && !refusal; i++) {
      const answer = await member.send(['x']);
      if (!answer.ok) refusal = answer;
    }
    checkRefusal(refusal, 'rate-limited');
    assert.ok(refusal.error.retryAfter > 0 && refusal.error.retryAfter <= 5000);
    await pause(refusal.error.retryAfter + 20);
    await member.sent(['y'], { seq: member.seq });
  });

  it('of an operation and a document are told and kept', async () => {
    const member = await memberOf(fixture, fixture.name());
    assert.deepEqual(member.opened.limits, { payload: 100_000, operation: 20_000, document: 30_000, users: member.opened.limits.users, history: 7 });
    await member.refused('too-large', ['x'.repeat(20_000)]);
    await member.sent(['x'.repeat(19_000)]);
    await member.refused('too-large', ['x'.repeat(19_000)]);
    assert.equal((await member.content()).length, 19_000);
  });

  it('of a message close the connection', async () => {
    const member = await memberOf(fixture, fixture.name());
    const ended = nextEvent(member.socket, 'disconnect');
    member.socket.emit('hello', 'x'.repeat(100_001));
    assert.match((await ended)[0], /transport/);
  });
});

describe('the window of the log', () => {
  let fixture;
  before(async () => {
    fixture = await Fixture.start({ durability: 'memory', flags: ['--log-window', '100'] });
  });
  after(() => fixture.stop());

  it('is what a slow client is measured by: stale, with the content', async (t) => {
    const slow = await memberOf(fixture, 'trimmed');
    await slow.sent(['start']);
    slow.socket.disconnect();
    const busy = await memberOf(fixture, 'trimmed');
    for (let i = 0; i < 2000; i++) await busy.sent([`${i % 10}`]);
    const history = await busy.ask('document:history', { document: 'trimmed' });
    t.diagnostic(`first version that can be a base: ${history.first} of ${history.version}`);
    if (history.first === 0) return; // a log may keep more than its window: by age
    checkRefusal(await busy.ask('document:history', { document: 'trimmed', from: history.first - 1 }), 'stale');
    const back = new Member(await fixture.connect(), 'trimmed');
    back.client = slow.client;
    const answer = await back.open({ version: 1, epoch: slow.epoch });
    assert.equal(answer.content.length, 2005);
    assert.equal(answer.seq, 1);
    const stale = await busy.send(['x'], { version: history.first - 1 });
    checkRefusal(stale, 'stale');
    assert.equal(stale.content, answer.content);
  });
});

describe('a slow reader', () => {
  let fixture;
  before(async () => {
    fixture = await Fixture.start({ durability: 'memory', flags: ['--max-buffer', '65536'] });
  });
  after(() => fixture.stop());

  it('is brought up to date by one delivery and holds up nobody', async () => {
    const slow = await fixture.open('slow');
    const author = await fixture.open('slow');
    const tcp = slow.socket.io.engine.transport.ws._socket;
    tcp.pause();
    let deliveries = 0;
    slow.on('change', () => deliveries++);
    const block = 'x'.repeat(20_000);
    const rounds = 600; // far beyond what the kernel's buffers hold
    for (let i = 0; i < rounds; i++) {
      author.insert(0, block);
      await author.settled();
      author.delete(0, block.length - 1);
      await author.settled();
    }
    tcp.resume();
    await slow.reached(author.version, 20_000);
    assert.equal(slow.text, author.text);
    assert.ok(deliveries < 2 * rounds, `${deliveries} deliveries of ${2 * rounds}`);
  });
});
