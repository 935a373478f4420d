// Engine.IO v4, "Handshake" and "Errors": what a session's first request is answered.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Polling, Socket } from '../support/engine.mjs';
import { exchange } from '../support/raw-http.mjs';
import { startConformance } from '../support/server.mjs';

const path = '/engine.io/';
let server;

before(async () => {
  server = await startConformance('engineio');
});
after(() => server.stop());

function checkOpenPacket(handshake, upgrades) {
  assert.deepEqual(Object.keys(handshake).sort(), ['maxPayload', 'pingInterval', 'pingTimeout', 'sid', 'upgrades']);
  assert.equal(typeof handshake.sid, 'string');
  assert.match(handshake.sid, /^[A-Za-z0-9_-]{20}$/);
  assert.deepEqual(handshake.upgrades, upgrades);
  assert.equal(handshake.pingInterval, 300);
  assert.equal(handshake.pingTimeout, 200);
  assert.equal(handshake.maxPayload, 1_000_000);
}

async function refusal(query, options = {}) {
  const response = await fetch(`${server.url}${path}${query}`, { signal: AbortSignal.timeout(5000), ...options });
  return { status: response.status, body: await response.json(), headers: response.headers };
}

describe('long-polling', () => {
  it('opens a session with exactly five values', async () => {
    const response = await fetch(`${server.url}${path}?EIO=4&transport=polling`);
    assert.equal(response.status, 200);
    assert.equal(response.headers.get('content-type'), 'text/plain; charset=UTF-8');
    assert.equal(response.headers.get('cache-control'), 'no-store');
    const body = await response.text();
    assert.equal(body[0], '0');
    checkOpenPacket(JSON.parse(body.slice(1)), ['websocket']);
  });

  it('gives every session another id', async () => {
    const ids = await Promise.all(Array.from({ length: 50 }, async () => (await Polling.open(server, path)).sid));
    assert.equal(new Set(ids).size, 50);
  });

  const refusals = [
    ['refuses a missing EIO', '?transport=polling', {}, 400, { code: 5, message: 'Unsupported protocol version' }],
    ['refuses EIO=3', '?EIO=3&transport=polling', {}, 400, { code: 5, message: 'Unsupported protocol version' }],
    ['refuses EIO=abc', '?EIO=abc&transport=polling', {}, 400, { code: 5, message: 'Unsupported protocol version' }],
    ['refuses a missing transport', '?EIO=4', {}, 400, { code: 0, message: 'Transport unknown' }],
    ['refuses an unknown transport', '?EIO=4&transport=abc', {}, 400, { code: 0, message: 'Transport unknown' }],
    ['refuses webtransport over HTTP', '?EIO=4&transport=webtransport', {}, 400, { code: 0, message: 'Transport unknown' }],
    ['refuses a name of Object.prototype as transport', '?EIO=4&transport=constructor', {}, 400, { code: 0, message: 'Transport unknown' }],
    ['refuses an unknown session', '?EIO=4&transport=polling&sid=abc', {}, 400, { code: 1, message: 'Session ID unknown' }],
    ['refuses a name of Object.prototype as session', '?EIO=4&transport=polling&sid=__proto__', {}, 400, { code: 1, message: 'Session ID unknown' }],
    ['refuses POST without a session', '?EIO=4&transport=polling', { method: 'POST', body: '4x' }, 400, { code: 2, message: 'Bad handshake method' }],
    ['refuses PUT without a session', '?EIO=4&transport=polling', { method: 'PUT', body: 'x' }, 400, { code: 2, message: 'Bad handshake method' }],
    ['refuses DELETE without a session', '?EIO=4&transport=polling', { method: 'DELETE' }, 400, { code: 2, message: 'Bad handshake method' }],
    ['refuses websocket without an Upgrade', '?EIO=4&transport=websocket', {}, 400, { code: 3, message: 'Bad request' }],
    ['answers 403 when the application refuses', '?EIO=4&transport=polling', { headers: { 'x-deny': '1' } }, 403, { code: 4, message: 'go away' }],
    ['tests the transport before the session', '?EIO=4&transport=abc&sid=zzz', {}, 400, { code: 0, message: 'Transport unknown' }],
    ['tests the session before the version', '?EIO=3&transport=polling&sid=zzz', {}, 400, { code: 1, message: 'Session ID unknown' }],
    ['tests the method before the version', '?EIO=3&transport=polling', { method: 'POST' }, 400, { code: 2, message: 'Bad handshake method' }],
  ];
  for (const [name, query, options, status, body] of refusals)
    it(name, async () => {
      const answer = await refusal(query, options);
      assert.equal(answer.status, status);
      assert.deepEqual(answer.body, body);
      assert.equal(answer.headers.get('content-type'), 'application/json');
      assert.equal(answer.headers.get('access-control-allow-origin'), '*', 'CORS headers are on errors too');
    });

  it('answers HEAD without a session with 400 and no body', async () => {
    const answer = await exchange(server.port, 'HEAD /engine.io/?EIO=4&transport=polling HTTP/1.1\r\nHost: h\r\n\r\n', { head: true });
    assert.equal(answer.status, 400);
  });

  it('takes any path below its own, and not its own without the slash', async () => {
    const below = await fetch(`${server.url}/engine.io/extra/path?EIO=4&transport=polling`);
    assert.equal(below.status, 200);
    await below.text();
    const beside = await fetch(`${server.url}/engine.io?EIO=4&transport=polling`);
    assert.equal(beside.status, 404);
    await beside.text();
  });

  it('answers a preflight when CORS is on', async () => {
    const response = await fetch(`${server.url}${path}?EIO=4&transport=polling`, {
      method: 'OPTIONS',
      headers: { origin: 'http://b.example', 'access-control-request-method': 'POST' },
    });
    assert.equal(response.status, 204);
    assert.equal(response.headers.get('access-control-allow-origin'), '*');
    assert.equal(response.headers.get('access-control-allow-methods'), 'GET,HEAD,PUT,PATCH,POST,DELETE');
  });
});

describe('WebSocket', () => {
  it('opens a session with exactly five values and no upgrades', async () => {
    const socket = await Socket.session(server, path);
    checkOpenPacket(socket.handshake, []);
    socket.close();
  });

  async function refusedUpgrade(query) {
    const socket = new Socket(`${server.webSocketUrl}${path}${query}`);
    await socket.whenClosed();
    return socket.error?.message ?? '';
  }

  it('refuses a missing or wrong EIO', async () => {
    for (const query of ['?transport=websocket', '?EIO=3&transport=websocket', '?EIO=abc&transport=websocket'])
      assert.notEqual(await refusedUpgrade(query), '');
  });

  it('refuses a missing or unknown transport', async () => {
    for (const query of ['?EIO=4', '?EIO=4&transport=abc', '?EIO=4&transport=constructor']) {
      const error = await refusedUpgrade(query);
      assert.match(error, /400/, query);
    }
  });

  it('refuses an unknown session before it upgrades', async () => {
    assert.match(await refusedUpgrade('?EIO=4&transport=websocket&sid=zzz'), /400/);
  });

  const upgrade = (target, extra = '') =>
    `GET ${target} HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n${extra}\r\n`;

  it('answers a refused Upgrade with plain text', async () => {
    const answer = await exchange(server.port, upgrade('/engine.io/?EIO=4&transport=websocket', 'x-deny: 1\r\n'));
    assert.equal(answer.status, 400);
    assert.equal(answer.headers['content-type'], 'text/html');
    assert.equal(answer.headers.connection.toLowerCase(), 'close');
    assert.equal(answer.body.toString(), 'go away');
  });

  it('names the sample key of RFC 6455 rightly', async () => {
    const answer = await exchange(server.port, upgrade('/engine.io/?EIO=4&transport=websocket'));
    assert.equal(answer.status, 101);
    assert.equal(answer.headers['sec-websocket-accept'], 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=');
    assert.equal(answer.headers['sec-websocket-extensions'], undefined);
  });

  it('negotiates no extension by default', async () => {
    const answer = await exchange(server.port, upgrade('/engine.io/?EIO=4&transport=websocket',
      'Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n'));
    assert.equal(answer.status, 101);
    assert.equal(answer.headers['sec-websocket-extensions'], undefined);
  });
});
