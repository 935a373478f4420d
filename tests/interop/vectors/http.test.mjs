// engineio-http.json: raw requests, each on a TCP connection of its own, and what they were answered.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { Polling, Socket } from '../support/engine.mjs';
import { pause } from '../support/expect.mjs';
import { parseResponse, RawConnection } from '../support/raw-http.mjs';
import { peerIsReference, startConformance } from '../support/server.mjs';
import { readVectors } from './capture.mjs';

const cases = new Map(readVectors('engineio-http.json').cases.map((item) => [item.name, item]));
const kSlow = ['--ping-interval', '25000', '--ping-timeout', '20000'];
const kHeaders = ['content-type', 'content-encoding', 'cache-control', 'set-cookie', 'etag', 'vary', 'access-control-allow-origin',
  'access-control-allow-credentials', 'access-control-allow-methods', 'access-control-allow-headers', 'sec-websocket-accept', 'sec-websocket-extensions'];

// Servers of the capture, and the cases each one got.
const kServers = [
  { name: 'defaults', flags: ['--cors', '', ...kSlow], first: 'handshake-polling', last: 'ws-upgrade-on-websocket-sid' },
  { name: 'cors and cookie', flags: ['--cors', 'http://a.example', '--cookie', 'io', ...kSlow], first: 'cors-preflight', last: 'error-with-cors' },
  { name: 'cors *', flags: ['--cors', '*', '--cookie', 'sticky; Max-Age=86400; Path=/x; Secure; SameSite=Strict', ...kSlow], first: 'cors-star', last: 'cors-star-preflight' },
  { name: 'polling only', flags: ['--cors', '', '--transports', 'polling', ...kSlow], first: 'polling-only-handshake', last: 'polling-only-ws-attempt' },
  { name: 'fast pings', flags: ['--cors', '', '--ping-interval', '200', '--ping-timeout', '150'], first: 'ping-handshake', last: 'after-ping-timeout' },
];

// Where we differ on purpose: what is expected instead, and why.
const kDifferences = {
  'jsonp-handshake-j0': 'no current client uses JSONP; j is one more unknown parameter',
  'ws-version-8': 'RFC 6455 knows version 13 alone',
  'ws-upgrade-bad-EIO': 'refused before the upgrade, not after it',
  'ws-upgrade-on-websocket-sid': 'a session has one WebSocket',
  'ws-upgrade-transport-polling': 'an Upgrade to polling is no request we know',
  'polling-only-ws-attempt': 'an Upgrade is refused in plain text, whatever the reason',
  'ws-upgrade-wrong-path': 'may be told that the path does not exist',
};

// Two requests on one session at the same time; the capture lists the answers one by one.
const kTogether = {
  'second-of-two-gets': 'first-of-two-gets',
  'close-post': 'pending-get-when-close-posted',
  'second-of-two-posts': 'first-of-two-posts-incomplete',
};

const sidOf = (text) => /[?&]sid=([\w-]{20})(?=[& ])/.exec(text)?.[1] ?? undefined;
const textOf = (item) => Buffer.from(item.response.bytes, 'hex');

// A long body is cut in the capture ("zzz…(2110 bytes)"); the header tells its length.
function requestBytes(item, sids) {
  let text = item.request.text.replace(/.\(\d+ bytes\)$/, '');
  const isCut = text.length < item.request.text.length;
  const sid = sidOf(text);
  if (sid) text = text.replaceAll(sid, sids.get(sid));
  const length = Number(/Content-Length: (\d+)/.exec(text)?.[1] ?? 0);
  const body = text.slice(text.indexOf('\r\n\r\n') + 4);
  return isCut ? text + body.at(-1).repeat(length - body.length) : text;
}

function describeAnswer(answer) {
  const headers = Object.fromEntries(kHeaders.filter((name) => answer.headers[name] !== undefined).map((name) => [name, answer.headers[name]]));
  if (headers['set-cookie']) headers['set-cookie'] = headers['set-cookie'].replace(/^(\w+)=[\w-]{20}/, '$1=<sid>');
  if (headers.vary) headers.vary = headers.vary.split(', ').sort().join();
  const body = headers['content-encoding'] === 'gzip' ? gunzipSync(answer.body) : answer.body;
  return { status: answer.status, headers, body: body.toString().replace(/(sid\W+)[\w-]{20}/, '$1<sid>') };
}

for (const { name, flags, first, last } of kServers)
  describe(name, () => {
    let server;
    const sids = new Map();
    before(async () => {
      server = await startConformance('engineio', flags);
    });
    after(() => server.stop());

    // The session that a request of the capture belongs to; opened now unless an earlier answer told its id.
    async function sessionFor(item) {
      const sid = sidOf(item.request.text);
      if (!sid || sids.has(sid)) return;
      const onWebSocket = item.name.includes('websocket-sid');
      const session = await (onWebSocket ? Socket.session : Polling.open)(server, '/engine.io/');
      if (item.name === 'post-close-then-get') await session.post('1');
      sids.set(sid, session.sid ?? session.handshake.sid);
    }

    async function send(item) {
      await sessionFor(item);
      const connection = await RawConnection.open(server.port);
      connection.send(requestBytes(item, sids));
      return connection;
    }

    async function check(item, connection) {
      const isHead = item.request.text.startsWith('HEAD ');
      const expected = parseResponse(textOf(item), true, isHead);
      if (!expected) {
        if (item.response.connectionClosed) await connection.whenClosed();
        else await pause(250);
        assert.equal(connection.bytes.toString('latin1'), '');
        assert.equal(connection.closed, item.response.connectionClosed);
      } else {
        const answer = await connection.response({ head: isHead });
        assert.deepEqual(describeAnswer(answer), describeAnswer(expected));
        if (item.response.connectionClosed) await connection.whenClosed();
        const opened = /"sid":"([\w-]{20})"/;
        const captured = opened.exec(expected.body)?.[1];
        if (captured) sids.set(captured, opened.exec(answer.body)[1]);
      }
      connection.destroy();
    }

    async function checkDifference(item, connection) {
      const answer = item.name === 'ws-upgrade-wrong-path'
        ? await connection.when(() => (connection.closed ? { status: 404 } : parseResponse(connection.bytes)), 'an answer or the end')
        : await connection.response();
      const wanted = { 'jsonp-handshake-j0': [200], 'ws-version-8': [400, 426], 'ws-upgrade-wrong-path': [404, 400], 'ws-upgrade-transport-polling': [400, 101], 'polling-only-ws-attempt': [400] };
      assert.ok((wanted[item.name] ?? [400, 101]).includes(answer.status), String(answer.status));
      if (answer.status === 101) await connection.whenClosed();
      connection.destroy();
    }

    const names = [...cases.keys()];
    const own = names.slice(names.indexOf(first), names.indexOf(last) + 1);
    const partners = new Set(Object.values(kTogether));
    for (const key of own) {
      const item = cases.get(key);
      if (!item.request || partners.has(key) || key.startsWith('ping-pong')) continue;
      it(key, async () => {
        if (!peerIsReference && kDifferences[key]) return checkDifference(item, await send(item));
        const partner = cases.get(kTogether[key]);
        if (!partner) {
          await check(item, await send(item));
          return;
        }
        const earlier = await send(partner);
        await pause(20);
        await check(item, await send(item));
        await check(partner, earlier);
      });
      if (key === 'ping-poll') it('ping-pong too late', async () => {
        await pause(400);
        await check(cases.get('ping-pong'), await send(cases.get('ping-pong')));
      });
    }
  });

describe('Socket.IO', () => {
  let server;
  before(async () => {
    server = await startConformance('edge-cases', ['--connect-timeout', '300']);
  });
  after(() => server.stop());

  it('serves the client bundle', async () => {
    const response = await fetch(`${server.url}/socket.io/socket.io.js`);
    assert.equal(response.status, 200);
    assert.equal(response.headers.get('content-type'), 'application/javascript; charset=utf-8');
    assert.equal(response.headers.get('cache-control'), 'public, max-age=0');
    assert.equal(response.headers.get('etag'), '"4.8.4"');
    assert.match(await response.text(), /Socket\.IO v4\.8/);
  });

  it('serves every form of the bundle, and its map', async () => {
    for (const name of ['socket.io.min.js', 'socket.io.esm.min.js', 'socket.io.msgpack.min.js', 'socket.io.js.map', 'socket.io.min.js.map']) {
      const response = await fetch(`${server.url}/socket.io/${name}`);
      assert.equal(response.status, 200, name);
      await response.arrayBuffer();
    }
    const unknown = await fetch(`${server.url}/socket.io/socket.io.other.js`);
    assert.notEqual(unknown.status, 200);
    await unknown.arrayBuffer();
  });

  it('answers 304 to the same ETag', async () => {
    const response = await fetch(`${server.url}/socket.io/socket.io.js`, { headers: { 'if-none-match': '"4.8.4"' } });
    assert.equal(response.status, 304);
  });

  it('closes a polling session after connectTimeout', async () => {
    const session = await Polling.open(server, '/socket.io/');
    const since = performance.now();
    assert.equal(await session.get(), '1');
    assert.ok(performance.now() - since > 250);
  });
});
