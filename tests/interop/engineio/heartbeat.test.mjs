// Engine.IO v4, "Heartbeat" and "Closing".
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Polling, Socket } from '../support/engine.mjs';
import { pause } from '../support/expect.mjs';
import { peerIsReference, startConformance } from '../support/server.mjs';

const path = '/engine.io/';
const kPingInterval = 300;
const kPingTimeout = 200;
let server;

before(async () => {
  server = await startConformance('engineio');
});
after(() => server.stop());

async function assertClosed(session) {
  const response = await session.fetch();
  assert.equal(response.status, 400);
  assert.deepEqual(await response.json(), { code: 1, message: 'Session ID unknown' });
}

// A time measured with a busy machine in mind: never early by more than a timer's grain, late only within reason.
function assertAbout(milliseconds, expected) {
  assert.ok(milliseconds > expected - 25 && milliseconds < expected + 1500, `${milliseconds} ms, expected about ${expected}`);
}

describe('heartbeat', () => {
  it('pings a polling session and takes its pong', async () => {
    const session = await Polling.open(server, path);
    for (let i = 0; i < 3; i++) {
      assert.equal(await session.get(), '2');
      await session.post('3');
    }
  });

  it('pings a WebSocket session and takes its pong', async () => {
    const socket = await Socket.session(server, path, { answerPings: false });
    for (let i = 0; i < 3; i++) {
      assert.equal(await socket.next(), '2');
      socket.send('3');
    }
    socket.close();
  });

  it('waits the whole interval after a pong', async () => {
    const socket = await Socket.session(server, path, { answerPings: false });
    await socket.next();
    await pause(100);
    const since = performance.now();
    socket.send('3');
    assert.equal(await socket.next(), '2');
    assertAbout(performance.now() - since, kPingInterval);
    socket.close();
  });

  it('closes a polling session without pong', async () => {
    const session = await Polling.open(server, path);
    await pause(kPingInterval + kPingTimeout + 100);
    await assertClosed(session);
  });

  it('closes a WebSocket session without pong', async () => {
    const since = performance.now();
    const socket = await Socket.session(server, path, { answerPings: false });
    const { code } = await socket.whenClosed();
    assertAbout(performance.now() - since, kPingInterval + kPingTimeout);
    assert.ok([1005, 1006].includes(code), String(code));
    assert.deepEqual(socket.received, [`0${JSON.stringify(socket.handshake)}`, '2']);
  });

  it('takes no WebSocket ping for a pong', async () => {
    const socket = await Socket.session(server, path, { answerPings: false });
    const pings = setInterval(() => socket.ws.readyState === 1 && socket.ws.ping(), 50);
    let pongs = 0;
    socket.ws.on('pong', () => pongs++);
    await socket.whenClosed();
    clearInterval(pings);
    assert.ok(pongs > 0, 'control pings are answered');
  });

  it('takes any packet of type 3', async () => {
    const socket = await Socket.session(server, path, { answerPings: false });
    assert.equal(await socket.next(), '2');
    socket.send('3whatever');
    assert.equal(await socket.next(), '2');
    socket.close();
  });
});

describe('closing', () => {
  it('closes a polling session on packet 1 and lets the held GET go', async () => {
    const session = await Polling.open(server, path);
    const held = session.fetch();
    await pause(100); // the GET must be held before the POST comes
    await session.post('1');
    const response = await held;
    assert.equal(response.status, 200);
    assert.equal(await response.text(), '6');
    await assertClosed(session);
  });

  it('closes a WebSocket session on packet 1', async () => {
    const socket = await Socket.session(server, path, { answerPings: false });
    socket.send('1');
    // The Node server only notices when the pong stays out.
    await socket.whenClosed(peerIsReference ? 2000 : 250);
  });

  it('frees a WebSocket session when the client is gone', async () => {
    const socket = await Socket.session(server, path);
    socket.ws.close();
    assert.equal((await socket.whenClosed()).code, 1005);
  });

  it('answers a close frame with its code', async () => {
    const socket = await Socket.session(server, path);
    socket.ws.close(1000, 'bye');
    const { code } = await socket.whenClosed();
    assert.ok([1000, 1005].includes(code), String(code));
  });
});
