// connection-state-recovery.json: a client drops, misses events, comes back with its private id and the last offset.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Socket } from '../support/engine.mjs';
import { eventually } from '../support/expect.mjs';
import { startConformance, unlikeNode } from '../support/server.mjs';
import { readVectors } from './capture.mjs';

const path = '/socket.io/';
const capture = readVectors('connection-state-recovery.json');
let server;

before(async () => {
  server = await startConformance('recovery');
});
after(() => server.stop());

const records = () => server.lines.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line));
const withoutOffset = (packet) => (typeof packet === 'string' ? packet.replace(/,"[^"]*"\]$/, ']') : packet);
const offsetOf = (packet) => /"([^"]*)"\]$/.exec(packet)?.[1];

// A client that got `first` and joined room1; answers its pid and the offset it saw.
async function prepared() {
  const socket = await Socket.connected(server, path);
  socket.send('420["prepare"]');
  const packets = await socket.take(2);
  const first = packets.find((packet) => packet.startsWith('42'));
  assert.equal(withoutOffset(first), '42["first",1]');
  assert.ok(packets.includes('430[]'));
  assert.match(socket.connect.pid, /^[\w-]{20}$/);
  return { socket, ...socket.connect, offset: offsetOf(first) };
}

async function disconnected(socket) {
  const before = records().length;
  socket.ws.close();
  await eventually(() => records().slice(before).some((record) => record.disconnect), 'the server to see the end');
}

async function emitMissed() {
  const other = await Socket.connected(server, path);
  other.send('420["emit-missed"]');
  await eventually(() => other.received.includes('430[]'), 'the acknowledgement');
  await disconnected(other);
}

// Connects and takes packets up to the CONNECT answer.
async function reconnected(payload) {
  const socket = await Socket.session(server, path);
  socket.send(`40${JSON.stringify(payload)}`);
  const packets = [];
  do packets.push(await socket.next()); while (!String(packets.at(-1)).startsWith('40'));
  return { socket, missed: packets.slice(0, -1), answer: JSON.parse(packets.at(-1).slice(2)) };
}

describe('connection state recovery', () => {
  it('restores a session as captured: missed packets first, then the answer', async () => {
    const { socket, sid, pid, offset } = await prepared();
    await disconnected(socket);
    await emitMissed();
    const back = await reconnected({ pid, offset, token: 'abc' });
    const captured = capture.steps[2].vectors.filter(({ direction, kind, text }) => direction === 'server->client' && kind === 'ws' && text?.[0] !== '0');
    const expected = captured.slice(0, -1).map(({ text, opcode }) => (opcode === 2 ? Buffer.from([1, 2]) : withoutOffset(text)));
    assert.deepEqual(back.missed.map(withoutOffset), expected);
    assert.deepEqual(back.answer, { sid, pid });
    const offsets = back.missed.filter((packet) => typeof packet === 'string').map(offsetOf);
    assert.equal(new Set([offset, ...offsets]).size, 1 + offsets.length, 'each packet has an offset of its own');
    const connection = records().filter((record) => record.connection === sid).at(-1);
    assert.deepEqual(connection, { connection: sid, recovered: true, rooms: 2, data: { user: 'bob' } });
    back.socket.close();
  });

  it('restores a session that missed nothing', async () => {
    const { socket, sid, pid, offset } = await prepared();
    await disconnected(socket);
    const back = await reconnected({ pid, offset });
    assert.deepEqual(back.missed, []);
    assert.deepEqual(back.answer, { sid, pid });
    back.socket.close();
  });

  it('restores a session several times in a row', async () => {
    const { socket, sid, pid, offset } = await prepared();
    let last = offset;
    let current = socket;
    for (let round = 0; round < 3; round++) {
      await disconnected(current);
      await emitMissed();
      const back = await reconnected({ pid, offset: last });
      assert.deepEqual(back.answer, { sid, pid });
      assert.equal(back.missed.length, 4, 'nothing twice, nothing left out');
      last = offsetOf(back.missed[2]);
      current = back.socket;
    }
    current.close();
  });

  it('answers an unknown private id with a fresh session', async () => {
    const back = await reconnected({ pid: 'unknown', offset: 'Q8CiVC_' });
    assert.deepEqual(back.missed, []);
    assert.deepEqual(Object.keys(back.answer).sort(), ['pid', 'sid']);
    back.socket.close();
  });

  it('answers an unknown offset with a fresh session', async () => {
    const { socket, sid, pid } = await prepared();
    await disconnected(socket);
    const back = await reconnected({ pid, offset: 'nope' });
    assert.deepEqual(back.missed, []);
    assert.notEqual(back.answer.sid, sid);
    assert.notEqual(back.answer.pid, pid);
    back.socket.close();
  });

  it('restores no session whose client left the namespace', async () => {
    const { socket, sid, pid, offset } = await prepared();
    const before = records().length;
    socket.send('41');
    await eventually(() => records().slice(before).some((record) => record.disconnect === 'client namespace disconnect'), 'the end');
    socket.close();
    const back = await reconnected({ pid, offset });
    assert.notEqual(back.answer.sid, sid);
    back.socket.close();
  });

  for (const payload of [{ pid: 1, offset: 2 }, { pid: {}, offset: [] }, { pid: '', offset: '' }, { pid: '__proto__', offset: 'constructor' }])
    it(`answers ${JSON.stringify(payload)} with a fresh session`, async () => {
      const back = await reconnected(payload);
      assert.deepEqual(Object.keys(back.answer).sort(), ['pid', 'sid']);
      back.socket.close();
    });

  it('leaves a session to one client: the last one that came for it', unlikeNode('lets two have it'), async () => {
    const { socket, sid, pid, offset } = await prepared();
    await disconnected(socket);
    const both = await Promise.all([reconnected({ pid, offset }), reconnected({ pid, offset })]);
    const holders = () => both.filter(({ answer, socket: { closed } }) => answer.sid === sid && !closed);
    await eventually(() => holders().length < 2, 'one of them to lose it');
    assert.equal(holders().length, 1);
    for (const { socket: each } of both) each.close();
  });

  it('restores a client that never got an event', unlikeNode('needs an offset'), async () => {
    const socket = await Socket.connected(server, path);
    const { sid, pid } = socket.connect;
    await disconnected(socket);
    await emitMissed();
    const back = await reconnected({ pid });
    assert.equal(back.answer.sid, sid);
    assert.deepEqual(back.missed.map(withoutOffset), ['42["missed-all",2]', '42["excluded",1]']);
    back.socket.close();
  });

  it('restores while the old connection lingers', unlikeNode('stores a session only when it ends'), async () => {
    const { socket, sid, pid, offset } = await prepared();
    const back = await reconnected({ pid, offset });
    assert.equal(back.answer.sid, sid);
    await socket.whenClosed();
    back.socket.close();
  });
});
