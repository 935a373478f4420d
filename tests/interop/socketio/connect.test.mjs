// Socket.IO v5, "Connection to a namespace" and "Disconnection", on both transports.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Polling, Socket } from '../support/engine.mjs';
import { pause, silent } from '../support/expect.mjs';
import { startConformance } from '../support/server.mjs';

const path = '/socket.io/';
let server;

before(async () => {
  server = await startConformance('socketio', ['--ping-timeout', '5000']); // a busy machine may answer late
});
after(() => server.stop());

const answerOf = (packet, prefix) => {
  assert.ok(packet.startsWith(prefix), `${packet} does not begin with ${prefix}`);
  return JSON.parse(packet.slice(prefix.length));
};

function checkConnect(packet, prefix) {
  const answer = answerOf(packet, prefix);
  assert.deepEqual(Object.keys(answer), ['sid']);
  assert.match(answer.sid, /^[A-Za-z0-9_-]{20}$/);
  return answer.sid;
}

describe('connect', () => {
  it('joins the default namespace', async () => {
    const socket = await Socket.session(server, path);
    socket.send('40');
    const sid = checkConnect(await socket.next(), '40');
    assert.notEqual(sid, socket.handshake.sid, 'the socket id is not the session id');
    assert.equal(await socket.next(), '42["auth",{}]');
    socket.close();
  });

  it('hands the payload to the application', async () => {
    const socket = await Socket.session(server, path);
    socket.send('40{"token":"123"}');
    checkConnect(await socket.next(), '40');
    assert.equal(await socket.next(), '42["auth",{"token":"123"}]');
    socket.close();
  });

  it('joins another namespace', async () => {
    const socket = await Socket.session(server, path);
    socket.send('40/custom,');
    checkConnect(await socket.next(), '40/custom,');
    assert.equal(await socket.next(), '42/custom,["auth",{}]');
    socket.close();
  });

  it('takes a namespace without the comma', async () => {
    const socket = await Socket.session(server, path);
    socket.send('40/custom');
    checkConnect(await socket.next(), '40/custom,');
    socket.close();
  });

  it('hands a payload to another namespace', async () => {
    const socket = await Socket.session(server, path);
    socket.send('40/custom,{"token":"abc"}');
    checkConnect(await socket.next(), '40/custom,');
    assert.equal(await socket.next(), '42/custom,["auth",{"token":"abc"}]');
    socket.close();
  });

  it('joins several namespaces over one connection, each with its own id', async () => {
    const socket = await Socket.session(server, path);
    socket.send('40');
    const first = checkConnect(await socket.next(), '40');
    await socket.next();
    socket.send('40/custom,');
    const second = checkConnect(await socket.next(), '40/custom,');
    assert.notEqual(first, second);
    socket.close();
  });

  it('refuses an unknown namespace and lets the client go on', async () => {
    const socket = await Socket.session(server, path);
    socket.send('40/random');
    assert.deepEqual(answerOf(await socket.next(), '44/random,'), { message: 'Invalid namespace' });
    socket.send('40/random?with=query,');
    assert.deepEqual(answerOf(await socket.next(), '44/random?with=query,'), { message: 'Invalid namespace' });
    socket.send('40/custom,');
    checkConnect(await socket.next(), '40/custom,');
    socket.close();
  });

  for (const payload of ['abc', '4abc', '{}', '""', '["x"]'])
    it(`closes on ${payload} before a CONNECT`, async () => {
      const socket = await Socket.session(server, path);
      socket.send(`4${payload}`);
      await socket.whenClosed();
    });

  for (const packet of ['40[]', '40"x"', '40null', '40{', '40custom', '40{}x'])
    it(`closes on ${packet}`, async () => {
      const socket = await Socket.session(server, path);
      socket.send(packet);
      await socket.whenClosed();
    });

  it('closes on an event for a namespace that was not joined', async () => {
    const socket = await Socket.connected(server, path);
    socket.send('42/custom,["message"]');
    await socket.whenClosed();
  });

  it('closes on a CONNECT_ERROR from the client', async () => {
    const socket = await Socket.connected(server, path);
    socket.send('44{"message":"x"}');
    await socket.whenClosed();
  });

  it('closes on a second CONNECT', async () => {
    const socket = await Socket.connected(server, path);
    await socket.next();
    socket.send('40');
    await socket.whenClosed();
    assert.deepEqual(socket.received.slice(3), []);
  });

  it('closes a WebSocket without CONNECT after connectTimeout', async () => {
    const since = performance.now();
    const socket = await Socket.session(server, path);
    await socket.whenClosed();
    const took = performance.now() - since;
    assert.ok(took > 950 && took < 3000, `${took} ms`);
  });

  it('closes a polling session without CONNECT after connectTimeout', async () => {
    const session = await Polling.open(server, path);
    for (;;) {
      const response = await session.fetch();
      const body = await response.text();
      if (response.status === 400 || body.split('\x1e').includes('1')) break;
      if (body === '2') await session.post('3');
    }
  });

  it('keeps a connection that only ever joined another namespace', async () => {
    const socket = await Socket.session(server, path);
    socket.send('40/custom,');
    await socket.take(2);
    await pause(1200);
    assert.equal(socket.closed, undefined);
    socket.close();
  });
});

describe('disconnect', () => {
  it('leaves the default namespace', async () => {
    const socket = await Socket.connected(server, path);
    await socket.next();
    socket.send('41');
    socket.send('42["message","lost"]');
    await silent(socket.received);
    socket.close();
  });

  it('joins again after it left', async () => {
    const socket = await Socket.connected(server, path);
    await socket.next();
    socket.send('41');
    await pause(20); // in one turn the Node server takes this for a second CONNECT
    socket.send('40');
    checkConnect(await socket.next(), '40');
    assert.equal(await socket.next(), '42["auth",{}]');
    socket.close();
  });

  it('leaves one namespace and keeps the others', async () => {
    const socket = await Socket.connected(server, path);
    await socket.next();
    socket.send('40/custom,');
    await socket.take(2);
    socket.send('41/custom,');
    socket.send('42["message","message to main namespace"]');
    assert.equal(await socket.next(), '42["message-back","message to main namespace"]');
    socket.close();
  });

  it('closes on a DISCONNECT with a payload', async () => {
    const socket = await Socket.connected(server, path);
    socket.send('41{"a":1}');
    await socket.whenClosed();
  });
});

describe('long-polling', () => {
  it('connects, exchanges and disconnects', async () => {
    const session = await Polling.open(server, path);
    await session.post('40{"token":"abc"}');
    const [connect, auth] = await session.packets(2);
    checkConnect(connect, '40');
    assert.equal(auth, '42["auth",{"token":"abc"}]');
    await session.post('42["message",1,"2",{"3":[true]}]\x1e427["message-with-ack","a"]');
    assert.deepEqual(await session.packets(2), ['42["message-back",1,"2",{"3":[true]}]', '437["a"]']);
    await session.post('41');
    await session.post('40');
    checkConnect((await session.packets(2))[0], '40');
  });

  it('sends attachments after their packet', async () => {
    const session = await Polling.open(server, path);
    await session.post('40');
    await session.packets(2);
    await session.post('452-["message",{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]\x1ebAQID\x1ebBAUG');
    assert.deepEqual(await session.packets(3),
      ['452-["message-back",{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]', 'bAQID', 'bBAUG']);
  });

  it('answers to CONNECT in the order the namespaces were asked for', async () => {
    const session = await Polling.open(server, path);
    await session.post('40\x1e40/custom,');
    const packets = await session.packets(4);
    assert.deepEqual(packets.filter((packet) => packet.startsWith('42')), ['42["auth",{}]', '42/custom,["auth",{}]']);
  });
});
