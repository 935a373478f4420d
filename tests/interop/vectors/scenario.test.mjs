// The 29 captured steps, on every transport and parser: the same requests go to our server, and what it
// answers must be what the Node server answered, ids aside.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import notepack from 'notepack.io';
import { eventually, pause } from '../support/expect.mjs';
import { startConformance } from '../support/server.mjs';
import { actionsOf, readVectors } from './capture.mjs';
import { ReplaySession } from './session.mjs';

const path = '/socket.io/';
const kCaptures = [
  { file: 'ws-default-parser.json', flags: [] },
  { file: 'polling-default-parser.json', flags: ['--no-upgrades'] },
  { file: 'upgrade-default-parser.json', flags: ['--ping-interval', '300', '--ping-timeout', '200'] },
  { file: 'ws-msgpack-parser.json', flags: ['--parser', 'msgpack'], msgpack: true },
  { file: 'polling-msgpack-parser.json', flags: ['--parser', 'msgpack', '--no-upgrades'], msgpack: true },
  { file: 'ws-recovery-default-parser.json', flags: ['--recovery'], recovery: true },
];

// Private ids and offsets of the capture, and what they are in this run.
class Names {
  live = new Map();

  learn(captured, live) {
    for (const key of ['sid', 'pid']) if (captured?.[key] && live?.[key]) this.live.set(captured[key], live[key]);
  }

  translate(text) {
    for (const [captured, live] of this.live) text = text.replaceAll(`"${captured}"`, `"${live}"`);
    return text;
  }
}

const kOffset = /,?"(Q8[\w.-]*)"\]$/;

function checkText(actual, expected, names) {
  if (Buffer.isBuffer(expected) || Buffer.isBuffer(actual)) return assert.deepEqual(actual, expected);
  const offset = kOffset.exec(expected)?.[1];
  if (offset) {
    const [, live] = /"([^"]*)"\]$/.exec(actual) ?? assert.fail(`no offset in ${actual}`);
    names.live.set(offset, live);
  }
  if (expected.startsWith('40')) {
    const payload = (text) => JSON.parse(text.slice(text.indexOf('{')));
    names.learn(payload(expected), payload(actual));
  }
  assert.equal(actual, names.translate(expected));
}

// A MessagePack packet with what JavaScript alone tells apart made equal: undefined, ArrayBuffer, key order.
function plain(value) {
  if (Buffer.isBuffer(value) || value instanceof ArrayBuffer) return { $bin: Buffer.from(value).toString('hex') };
  if (value instanceof Date) return { $date: value.toISOString() };
  if (Array.isArray(value)) return value.map((item) => (item === undefined ? null : plain(item)));
  if (value && typeof value === 'object')
    return Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined).map(([key, item]) => [key, plain(item)]));
  return value;
}

function decodeMessagePack(packet) {
  const bytes = Buffer.isBuffer(packet) ? packet : Buffer.from(packet.slice(1), 'base64');
  if (!Buffer.isBuffer(packet)) assert.equal(packet[0], 'b');
  const decoded = plain(notepack.decode(bytes));
  if (decoded.type === 0) decoded.data.sid = '<sid>';
  return decoded;
}

function checkOpen(actual, expected) {
  const [live, captured] = [actual, expected].map((text) => JSON.parse(text.slice(1)));
  assert.deepEqual({ ...live, sid: '' }, { ...captured, sid: '' });
}

for (const { file, flags, msgpack } of kCaptures)
  describe(file, () => {
    const capture = readVectors(file);
    const requests = new Map();
    const names = new Names();
    let server;
    let session;
    let brokenBy;

    before(async () => {
      server = await startConformance('scenario', flags);
    });
    after(() => server.stop());

    const check = (actual, expected) =>
      msgpack ? assert.deepEqual(decodeMessagePack(actual), decodeMessagePack(expected)) : checkText(actual, expected, names);

    async function replay(action) {
      if (action.open) session = await (action.open === 'polling' ? ReplaySession.polling(server, path) : ReplaySession.webSocket(server, path));
      else if (action.opened) checkOpen(session.opened, action.opened);
      else if (action.probe) await session.probe();
      else if ('send' in action) await session.send(typeof action.send === 'string' ? names.translate(action.send) : action.send);
      else if ('receive' in action) check(await session.next(), action.receive);
      else if ('post' in action) assert.deepEqual(await session.post(action.post), { status: 200, body: 'ok' });
      else if (action.close) session.close();
      else if (action.closed) await session.whenClosed();
    }

    for (const step of capture.steps) {
      if (step.step === 'server-shutdown') continue;
      it(step.step, async () => {
        assert.equal(brokenBy, undefined, 'an earlier step failed');
        brokenBy = step.step;
        const actions = actionsOf(step, requests);
        const isKick = step.step === 'server-disconnect-close-true';
        for (const action of actions) {
          // The capture's client posts its own close, which races with the server's; whether a packet 1 was seen is what counts.
          if (isKick && (action.post === '1' || action.receive === '1')) continue;
          await replay(action);
        }
        if (isKick) await session.whenClosed();
        await pause(10);
        assert.deepEqual(session.rest, [], 'nothing more than was captured');
        brokenBy = undefined;
      });
    }

    it('server-shutdown', async () => {
      const isPolling = file.startsWith('polling');
      session = await (isPolling ? ReplaySession.polling(server, path) : ReplaySession.webSocket(server, path));
      const connect = actionsOf(capture.steps.at(-1), requests).find((action) => action.send ?? action.post);
      if (isPolling) await session.post(connect.post);
      else await session.send(connect.send ?? connect.post);
      await session.next();
      await server.stop();
      await session.whenClosed();
      assert.deepEqual(session.rest, [], 'no DISCONNECT is sent at shutdown');
      if (session.socket) assert.equal(session.socket.closed.code, 1005);
    });

    it('the server saw the same ends', async () => {
      const expected = capture.serverDisconnectReasons.filter(([nsp]) => nsp !== 'client').map(([nsp, , reason]) => `${nsp}: ${reason}`);
      const printed = () => server.lines.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line))
        .filter(({ nsp }) => !nsp.startsWith('/dyn-')).map(({ nsp, disconnect }) => `${nsp}: ${disconnect}`);
      await eventually(() => printed().length >= expected.length, `${expected.length} disconnects`).catch(() => {});
      assert.deepEqual(printed().sort(), expected.sort());
    });
  });
