// edge-cases-ws.json: odd and malformed messages over WebSocket, with what came of each on both sides.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Socket } from '../support/engine.mjs';
import { eventually, pause } from '../support/expect.mjs';
import { peerIsReference, startConformance } from '../support/server.mjs';
import { readVectors } from './capture.mjs';

const { engineio, socketio } = readVectors('edge-cases-ws.json');
const kQuietMs = 40;

// Where we differ on purpose. `closes`: the connection is closed instead, which no stock client can notice.
const kDifferences = {
  'close packet': { closes: true, why: 'packet 1 closes the session at once, as the protocol text says' },
  'connect twice back to back': { closes: true, why: 'a second CONNECT is a violation, however soon it comes' },
  'event without payload': { mayClose: true, why: 'an event without a name is no event' },
  'event with id without payload': { mayClose: true, why: 'an event without a name is no event' },
  'leading space before payload': { mayClose: true, why: 'a space is no packet id' },
};
const differenceOf = (name) => (peerIsReference ? undefined : kDifferences[name]);

const message = (value) => (typeof value === 'string' ? value : Buffer.from(value.bin, 'hex'));

// The capture cut its longest messages; their names tell the length.
function whole(name, value) {
  const size = /^message of (\d+) bytes$/.exec(name)?.[1];
  return size ? `4${'a'.repeat(Number(size) - 1)}` : message(value);
}

const records = (server, from) => server.lines.slice(from).filter((line) => line.startsWith('{')).map((line) => JSON.parse(line));

describe('Engine.IO', () => {
  let server;
  before(async () => {
    server = await startConformance('engineio', ['--ping-interval', '25000', '--ping-timeout', '20000']);
  });
  after(() => server.stop());

  for (const { name, sent, received, clientSawClose, serverCloseReason } of engineio)
    it(name, async () => {
      const from = server.lines.length;
      const socket = await Socket.session(server, '/engine.io/');
      socket.send(whole(name, sent));
      const closes = clientSawClose !== null || differenceOf(name)?.closes;
      if (!closes) {
        assert.deepEqual(await socket.take(received.length), received.map((value) => whole(name, value)));
        await pause(kQuietMs);
        assert.equal(socket.received.length, 1 + received.length);
        assert.equal(socket.closed, undefined);
        socket.close();
      } else {
        const { code } = await socket.whenClosed();
        if (clientSawClose) assert.equal(code, clientSawClose.code);
        const reason = serverCloseReason?.[0] ?? 'transport close';
        await eventually(() => records(server, from).length > 0, 'the session to end');
        assert.deepEqual(records(server, from), [{ closed: reason }]);
        return;
      }
      await eventually(() => records(server, from).length > 0, 'the session to end');
    });
});

describe('Socket.IO', () => {
  let server;
  before(async () => {
    server = await startConformance('edge-cases');
  });
  after(() => server.stop());

  // "error:undefined" is what a Node listener of an event named error gets to see, not an error.
  const expectedRecords = (serverEvents) => serverEvents.filter((text) => text !== 'error:undefined').map((text) => {
    const colon = text.indexOf(':');
    const kind = text.slice(0, colon);
    const rest = text.slice(colon + 1);
    return kind === 'event' ? { event: JSON.parse(rest) } : { [kind]: rest };
  });

  // The wording of a parse error is the parser's own.
  const withoutWording = (record) => (record.error !== undefined && !peerIsReference ? { error: '' } : record);

  const checkPacket = (actual, expected) => {
    if (typeof expected !== 'string') return assert.deepEqual(actual, message(expected));
    const ack = /^43(\d{16,})(.*)$/.exec(expected);
    if (!ack) return assert.equal(String(actual).replace(/"sid":"[\w-]{20}"/, '"sid":"<sid>"'), expected);
    // An id beyond 2^53 loses digits in JavaScript.
    const [, id, rest] = /^43(\d+)(.*)$/.exec(actual);
    assert.equal(Number(id), Number(ack[1]));
    assert.equal(rest, ack[2]);
  };

  for (const { name, connectedFirst, sent, received, closedCode, serverEvents } of socketio)
    it(name, async () => {
      const from = server.lines.length;
      const socket = await (connectedFirst ? Socket.connected : Socket.session)(server, '/socket.io/');
      const already = socket.received.length;
      for (const part of sent) {
        if (typeof part === 'number') await pause(part);
        else socket.send(message(part));
      }
      const difference = differenceOf(name);
      if (closedCode !== null || difference?.closes) {
        const { code } = await socket.whenClosed();
        assert.equal(code, closedCode ?? 1005);
      } else {
        await eventually(() => socket.received.length >= already + received.length || socket.closed, 'the answers');
        await pause(kQuietMs);
        if (difference?.mayClose && socket.closed) return;
        assert.equal(socket.closed, undefined);
      }
      const answers = socket.received.slice(already);
      if (!difference?.closes) {
        assert.equal(answers.length, received.length, JSON.stringify(answers));
        answers.forEach((answer, index) => checkPacket(answer, received[index]));
        const expected = expectedRecords(serverEvents);
        await eventually(() => records(server, from).length >= expected.length, `${JSON.stringify(expected)}, not ${JSON.stringify(records(server, from))}`);
        assert.deepEqual(records(server, from).map(withoutWording), expected.map(withoutWording));
      }
      socket.close();
      await pause(10); // the end of this connection is not the next test's
    });
});
