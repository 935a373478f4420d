// Engine.IO v4, "Packet encoding", "Payload" and the limits: messages in both directions on both transports.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Polling, Socket } from '../support/engine.mjs';
import { RawConnection, exchange } from '../support/raw-http.mjs';
import { startConformance } from '../support/server.mjs';

const path = '/engine.io/';
const kMaxPayload = 1_000_000;
let server;

before(async () => {
  server = await startConformance('engineio', ['--ping-interval', '25000', '--ping-timeout', '20000']);
});
after(() => server.stop());

const closedSession = { code: 1, message: 'Session ID unknown' };

async function assertClosed(session) {
  const response = await session.fetch();
  assert.equal(response.status, 400);
  assert.deepEqual(await response.json(), closedSession);
}

describe('long-polling', () => {
  it('sends and receives a text', async () => {
    const session = await Polling.open(server, path);
    await session.post('4hello');
    assert.deepEqual(await session.packets(1), ['4hello']);
  });

  it('sends and receives a payload of several packets', async () => {
    const session = await Polling.open(server, path);
    await session.post('4test1\x1e4test2\x1e4test3');
    assert.deepEqual(await session.packets(3), ['4test1', '4test2', '4test3']);
  });

  it('sends and receives text and binary mixed', async () => {
    const session = await Polling.open(server, path);
    await session.post('4test\x1ebAQIDBA==');
    assert.deepEqual(await session.packets(2), ['4test', 'bAQIDBA==']);
  });

  it('keeps text outside of ASCII', async () => {
    const session = await Polling.open(server, path);
    await session.post('4héllo €😀');
    assert.deepEqual(await session.packets(1), ['4héllo €😀']);
  });

  it('keeps an empty message and an empty binary', async () => {
    const session = await Polling.open(server, path);
    await session.post('4\x1eb');
    assert.deepEqual(await session.packets(2), ['4', 'b']);
  });

  it('holds a GET until there is something to send', async () => {
    const session = await Polling.open(server, path);
    const held = session.packets(1);
    await session.post('4late');
    assert.deepEqual(await held, ['4late']);
  });

  it('answers POST with text/html', async () => {
    const session = await Polling.open(server, path);
    const response = await session.fetch({ method: 'POST', body: '4x' });
    assert.equal(response.headers.get('content-type'), 'text/html');
    assert.equal(await response.text(), 'ok');
  });

  for (const [name, body] of [['an unknown type', 'abc'], ['an empty body', ''], ['a bad packet among good ones', '4a\x1e9\x1e4b']])
    it(`closes the session on ${name}`, async () => {
      const session = await Polling.open(server, path);
      const response = await session.fetch({ method: 'POST', body });
      assert.ok([200, 400].includes(response.status), String(response.status));
      await response.text();
      await assertClosed(session);
    });

  it('delivers what came before a bad packet', async () => {
    const session = await Polling.open(server, path);
    const held = session.fetch();
    await (await session.fetch({ method: 'POST', body: '4first\x1ezzz' })).text();
    const response = await held;
    if (response.status === 200) assert.match(await response.text(), /^(4first|1|6)/);
    await assertClosed(session);
  });

  it('refuses a second GET and closes the session', async () => {
    const session = await Polling.open(server, path);
    const [first, second] = await Promise.all([session.fetch(), session.fetch()]);
    const statuses = [first.status, second.status].sort();
    assert.deepEqual(statuses, [200, 400]);
    const answered = first.status === 200 ? first : second;
    assert.equal(await answered.text(), '1');
    await assertClosed(session);
  });

  it('refuses a second POST while a body is arriving', async () => {
    const session = await Polling.open(server, path);
    const first = await RawConnection.open(server.port);
    first.send(`POST ${path}?EIO=4&transport=polling&sid=${session.sid} HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\n4ab`);
    // The first request must have reached the server before the second one is sent.
    await exchange(server.port, 'GET /none HTTP/1.1\r\nHost: h\r\n\r\n');
    const response = await session.fetch({ method: 'POST', body: '4x' });
    assert.equal(response.status, 400);
    await first.whenClosed();
    await assertClosed(session);
  });

  it('closes the session when the held GET is dropped', async () => {
    const session = await Polling.open(server, path);
    const held = await RawConnection.open(server.port);
    held.send(`GET ${path}?EIO=4&transport=polling&sid=${session.sid} HTTP/1.1\r\nHost: h\r\n\r\n`);
    await exchange(server.port, 'GET /none HTTP/1.1\r\nHost: h\r\n\r\n');
    held.destroy();
    await new Promise((done) => setTimeout(done, 50));
    await assertClosed(session);
  });

  it('takes a body of exactly maxPayload', async () => {
    const session = await Polling.open(server, path);
    const message = `4${'a'.repeat(kMaxPayload - 1)}`;
    await session.post(message);
    const [echo] = await session.packets(1);
    assert.equal(echo.length, message.length);
    assert.ok(echo === message);
  });

  it('answers 413 above maxPayload and keeps the session', async () => {
    const session = await Polling.open(server, path);
    const response = await session.fetch({ method: 'POST', body: `4${'a'.repeat(kMaxPayload)}` });
    assert.equal(response.status, 413);
    assert.equal(await response.text(), '');
    await session.post('4still');
    assert.deepEqual(await session.packets(1), ['4still']);
  });

  it('counts a chunked body by its bytes', async () => {
    const session = await Polling.open(server, path);
    const connection = await RawConnection.open(server.port);
    connection.send(`POST ${path}?EIO=4&transport=polling&sid=${session.sid} HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n4ab\r\n2\r\ncd\r\n0\r\n\r\n`);
    assert.equal((await connection.response()).body.toString(), 'ok');
    connection.destroy();
    assert.deepEqual(await session.packets(1), ['4abcd']);
  });

  it('closes the session on application/octet-stream', async () => {
    const session = await Polling.open(server, path);
    const response = await session.fetch({ method: 'POST', body: '4x', headers: { 'content-type': 'application/octet-stream' } });
    assert.equal(response.status, 400);
    assert.equal(await response.text(), '');
    await assertClosed(session);
  });

  it('answers 500 to another method on a live session', async () => {
    const session = await Polling.open(server, path);
    const response = await session.fetch({ method: 'PUT', body: 'x' });
    assert.equal(response.status, 500);
  });

  it('compresses a large answer when the client takes gzip', async () => {
    const session = await Polling.open(server, path);
    await session.post(`4${'z'.repeat(2000)}`);
    const answer = await exchange(server.port,
      `GET ${path}?EIO=4&transport=polling&sid=${session.sid} HTTP/1.1\r\nHost: h\r\nAccept-Encoding: gzip, deflate\r\n\r\n`);
    assert.equal(answer.headers['content-encoding'], 'gzip');
    const { gunzipSync } = await import('node:zlib');
    assert.equal(gunzipSync(answer.body).toString(), `4${'z'.repeat(2000)}`);
  });

  it('compresses neither a small answer nor one for a client that takes none', async () => {
    const session = await Polling.open(server, path);
    const get = (encoding) => exchange(server.port,
      `GET ${path}?EIO=4&transport=polling&sid=${session.sid} HTTP/1.1\r\nHost: h\r\nAccept-Encoding: ${encoding}\r\n\r\n`);
    await session.post('4small');
    assert.equal((await get('gzip')).headers['content-encoding'], undefined);
    await session.post(`4${'z'.repeat(2000)}`);
    assert.equal((await get('identity')).headers['content-encoding'], undefined);
  });

  it('ignores b64=1', async () => {
    const session = await Polling.open(server, path);
    await (await fetch(`${session.url}&b64=1`, { method: 'POST', body: 'bAQID' })).text();
    assert.equal(await (await fetch(`${session.url}&b64=1`)).text(), 'bAQID');
  });
});

describe('WebSocket', () => {
  it('sends and receives texts in order', async () => {
    const socket = await Socket.session(server, path);
    const messages = Array.from({ length: 100 }, (_, i) => `4message ${i} é€😀`);
    messages.forEach((message) => socket.send(message));
    assert.deepEqual(await socket.take(100), messages);
    socket.close();
  });

  it('sends and receives binary', async () => {
    const socket = await Socket.session(server, path);
    socket.send(Buffer.from([1, 2, 3, 4]));
    assert.deepEqual(await socket.next(), Buffer.from([1, 2, 3, 4]));
    socket.send(Buffer.alloc(0));
    assert.deepEqual(await socket.next(), Buffer.alloc(0));
    socket.close();
  });

  it('reads base64 text as binary', async () => {
    const socket = await Socket.session(server, path);
    socket.send('bAQID');
    assert.deepEqual(await socket.next(), Buffer.from([1, 2, 3]));
    socket.close();
  });

  it('sends binary as base64 text when the client asks for it', async () => {
    const socket = await Socket.session(server, path, { query: '&b64=1' });
    socket.send(Buffer.from([1, 2, 3]));
    assert.equal(await socket.next(), 'bAQID');
    socket.close();
  });

  for (const size of [124, 125, 126, 127, 65_534, 65_535, 65_536, kMaxPayload])
    it(`carries a message of ${size} bytes`, async () => {
      const socket = await Socket.session(server, path);
      const message = `4${'x'.repeat(size - 1)}`;
      socket.send(message);
      const echo = await socket.next();
      assert.equal(echo.length, size);
      assert.ok(echo === message);
      socket.close();
    });

  it('closes with 1009 above maxPayload', async () => {
    const socket = await Socket.session(server, path);
    socket.send(`4${'x'.repeat(kMaxPayload)}`);
    assert.equal((await socket.whenClosed()).code, 1009);
  });

  for (const [name, message] of [['an unknown type', 'abc'], ['type 7', '7'], ['an empty text', ''], ['a ping', '2'], ['a probe outside of an upgrade', '2probe']])
    it(`closes on ${name}`, async () => {
      const socket = await Socket.session(server, path);
      socket.send(message);
      assert.equal((await socket.whenClosed()).code, 1005);
    });

  for (const message of ['0', '3', '3xyz', '5', '6'])
    it(`ignores "${message}"`, async () => {
      const socket = await Socket.session(server, path);
      socket.send(message);
      socket.send('4after');
      assert.equal(await socket.next(), '4after');
      socket.close();
    });
});
