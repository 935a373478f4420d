// Engine.IO v4, "Upgrade": from polling to WebSocket, and everything that can go wrong on the way.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Polling, Socket } from '../support/engine.mjs';
import { eventually } from '../support/expect.mjs';
import { startConformance, unlikeNode } from '../support/server.mjs';

const path = '/engine.io/';
let server;

before(async () => {
  server = await startConformance('engineio', ['--ping-timeout', '5000']); // a busy machine may answer late
});
after(() => server.stop());

const probe = (session, options) => Socket.open(server, path, { query: `&sid=${session.sid}`, ...options });

async function upgraded() {
  const session = await Polling.open(server, path);
  const socket = await probe(session);
  socket.send('2probe');
  assert.equal(await socket.next(), '3probe');
  socket.send('5');
  return { session, socket };
}

describe('upgrade', () => {
  it('moves a session from polling to WebSocket', async () => {
    const { socket } = await upgraded();
    socket.send('4hello');
    assert.equal(await socket.next(), '4hello');
    socket.close();
  });

  it('lets a held GET go while the socket probes', async () => {
    const session = await Polling.open(server, path);
    const held = session.get();
    const socket = await probe(session);
    socket.send('2probe');
    assert.equal(await socket.next(), '3probe');
    assert.equal(await held, '6');
    socket.send('5');
    socket.send('4hello');
    assert.equal(await socket.next(), '4hello');
    socket.close();
  });

  it('keeps the order of messages over the switch', async () => {
    const session = await Polling.open(server, path);
    const socket = await probe(session);
    socket.send('2probe');
    assert.equal(await socket.next(), '3probe');
    await session.post('41\x1e42\x1e43');
    socket.send('5');
    socket.send('44');
    socket.send('45');
    assert.deepEqual(await socket.take(5), ['41', '42', '43', '44', '45']);
    socket.close();
  });

  it('refuses polling once the session is on WebSocket', async () => {
    const { session, socket } = await upgraded();
    socket.send('4x');
    await socket.next();
    for (const options of [{}, { method: 'POST', body: '4y' }]) {
      const response = await session.fetch(options);
      assert.equal(response.status, 400);
      assert.deepEqual(await response.json(), { code: 3, message: 'Bad request' });
    }
    socket.send('4z');
    assert.equal(await socket.next(), '4z');
    socket.close();
  });

  it('refuses polling for a session that began on WebSocket', async () => {
    const socket = await Socket.session(server, path);
    const response = await fetch(`${server.url}${path}?EIO=4&transport=polling&sid=${socket.handshake.sid}`);
    assert.equal(response.status, 400);
    assert.deepEqual(await response.json(), { code: 3, message: 'Bad request' });
    socket.close();
  });

  it('refuses a second WebSocket after the upgrade', async () => {
    const { session, socket } = await upgraded();
    socket.send('4x');
    await socket.next();
    const second = new Socket(`${server.webSocketUrl}${path}?EIO=4&transport=websocket&sid=${session.sid}`);
    second.ws.on('open', () => second.send('2probe'));
    await second.whenClosed();
    assert.deepEqual(second.received, []);
    socket.send('4y');
    assert.equal(await socket.next(), '4y');
    socket.close();
  });

  it('refuses a second probe while one is under way', async () => {
    const session = await Polling.open(server, path);
    const first = await probe(session);
    first.send('2probe');
    assert.equal(await first.next(), '3probe');
    const second = new Socket(`${server.webSocketUrl}${path}?EIO=4&transport=websocket&sid=${session.sid}`);
    await second.whenClosed();
    first.send('5');
    first.send('4x');
    assert.equal(await first.next(), '4x');
    first.close();
  });

  it('refuses a second WebSocket for a session that began on one', unlikeNode('lets it take the session over'), async () => {
    const socket = await Socket.session(server, path);
    const second = new Socket(`${server.webSocketUrl}${path}?EIO=4&transport=websocket&sid=${socket.handshake.sid}`);
    second.ws.on('open', () => second.send('2probe'));
    await second.whenClosed();
    assert.deepEqual(second.received, []);
    socket.send('4mine');
    assert.equal(await socket.next(), '4mine');
    socket.close();
  });

  for (const message of ['2nope', '4x', '3probe', '1'])
    it(`closes a probing socket that sends "${message}" and keeps the session`, async () => {
      const session = await Polling.open(server, path);
      const socket = await probe(session);
      socket.send(message);
      await socket.whenClosed();
      await session.post('4still');
      assert.deepEqual(await session.packets(1), ['4still']);
    });

  it('keeps the session when the probing socket goes away', async () => {
    const session = await Polling.open(server, path);
    const socket = await probe(session);
    socket.send('2probe');
    await socket.next();
    socket.close();
    await session.post('4still');
    const packets = await eventually(async () => {
      const got = (await session.packets(1)).filter((packet) => packet !== '6');
      return got.length ? got : undefined;
    }, 'the echo');
    assert.deepEqual(packets, ['4still']);
  });

  it('closes the probing socket with its session', async () => {
    const session = await Polling.open(server, path);
    const socket = await probe(session);
    socket.send('2probe');
    await socket.next();
    await session.post('1');
    await socket.whenClosed();
  });

  it('pings on the WebSocket after the upgrade', async () => {
    const session = await Polling.open(server, path);
    const socket = await probe(session, { answerPings: false });
    socket.send('2probe');
    assert.equal(await socket.next(), '3probe');
    socket.send('5');
    for (let i = 0; i < 2; i++) {
      assert.equal(await socket.next(), '2');
      socket.send('3');
    }
    socket.close();
  });

  it('gives up an upgrade that is not finished in time', async () => {
    const impatient = await startConformance('engineio', ['--upgrade-timeout', '100', '--ping-interval', '25000', '--ping-timeout', '20000']);
    try {
      const session = await Polling.open(impatient, path);
      const socket = await Socket.open(impatient, path, { query: `&sid=${session.sid}` });
      await socket.whenClosed();
      await session.post('4still');
      assert.equal(await session.get(), '4still');
    } finally {
      await impatient.stop();
    }
  });
});
