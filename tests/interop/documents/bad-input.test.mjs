// Whatever comes in, the process lives, the documents stay, and nobody else notices.
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { after, afterEach, before, describe, it } from 'node:test';
import { Socket } from '../support/engine.mjs';
import { RawConnection } from '../support/raw-http.mjs';
import { Fixture } from './fixture.mjs';
import { memberOf } from './member.mjs';

const path = '/socket.io/';
let fixture;
let witness; // a member whose document and connection nothing here may touch
let pid;

before(async () => {
  fixture = await Fixture.start();
  witness = await memberOf(fixture, 'witness');
  await witness.sent(['untouched']);
  pid = fixture.server.pid;
});
after(() => fixture.stop());
afterEach(async () => {
  assert.ok(fixture.server.isRunning, fixture.server.output);
  assert.equal(fixture.server.pid, pid);
  assert.ok(witness.socket.connected);
  assert.deepEqual(witness.received, []);
  assert.equal(await witness.content(), 'untouched');
});

// A frame of RFC 6455 as a client sends it; every part may be given wrong.
function frame(payload, { fin = 1, rsv = 0, opcode = 1, mask = randomBytes(4), length = payload.length } = {}) {
  const data = Buffer.from(payload);
  const head = [((fin << 7) | (rsv << 4) | opcode) & 0xff];
  const masked = mask ? 0x80 : 0;
  if (length < 126) head.push(masked | length);
  else if (length < 65_536) head.push(masked | 126, length >> 8, length & 0xff);
  else head.push(masked | 127, ...Array.from({ length: 8 }, (_, i) => Number((BigInt(length) >> BigInt(8 * (7 - i))) & 0xffn)));
  if (mask) for (let i = 0; i < data.length; i++) data[i] ^= mask[i % 4];
  return Buffer.concat([Buffer.from(head), mask ?? Buffer.alloc(0), data]);
}

async function rawWebSocket() {
  const connection = await RawConnection.open(fixture.server.port);
  connection.send(`GET ${path}?EIO=4&transport=websocket HTTP/1.1\r\nHost: 127.0.0.1:${fixture.server.port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
    'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n');
  assert.equal((await connection.response()).status, 101);
  await connection.when(() => (connection.bytes.length > 50 ? true : undefined), 'the open packet');
  connection.bytes = Buffer.alloc(0);
  return connection;
}

const closeCode = (bytes) => (bytes[0] === 0x88 && bytes[1] >= 2 ? bytes.readUInt16BE(2) : undefined);

describe('WebSocket frames', () => {
  const cases = [
    ['without a mask', frame('40', { mask: null }), 1002],
    ['with reserved bits', frame('40', { rsv: 4 }), 1002],
    ['of an unknown opcode', frame('40', { opcode: 3 }), 1002],
    ['of an unknown control opcode', frame('', { opcode: 11 }), 1002],
    ['continuing nothing', frame('40', { opcode: 0 }), 1002],
    ['a new message within another one', Buffer.concat([frame('4', { fin: 0 }), frame('0')]), 1002],
    ['a fragmented ping', frame('x', { opcode: 9, fin: 0 }), 1002],
    ['a ping above 125 bytes', frame('x'.repeat(126), { opcode: 9 }), 1002],
    ['a close of one byte', frame('x', { opcode: 8 }), 1002],
    ['a close with a code that may not be sent', frame(Buffer.from([0x03, 0xed]), { opcode: 8 }), 1002],
    ['a close reason that is not UTF-8', frame(Buffer.from([0x03, 0xe8, 0xff]), { opcode: 8 }), 1007],
    ['text that is not UTF-8', frame(Buffer.from([0x34, 0xc3, 0x28])), 1007],
    ['text that is not UTF-8, in two frames', Buffer.concat([frame(Buffer.from([0x34, 0xe2]), { fin: 0 }), frame(Buffer.from([0x41]), { opcode: 0 })]), 1007],
    ['text with a surrogate', frame(Buffer.from([0x34, 0xed, 0xa0, 0x80])), 1007],
    ['a length above the limit', frame('', { length: 1_000_001 }), 1009],
    ['a length of 2^63', Buffer.concat([Buffer.from([0x81, 0xff, 0x80, 0, 0, 0, 0, 0, 0, 0]), Buffer.alloc(4)]), undefined],
    ['fragments above the limit', Buffer.concat([frame(`4${'x'.repeat(600_000)}`, { fin: 0 }), frame('x'.repeat(600_000), { opcode: 0 })]), 1009],
  ];
  for (const [name, bytes, code] of cases)
    it(`${name} close the connection`, async () => {
      const connection = await rawWebSocket();
      connection.send(bytes);
      await connection.whenClosed();
      const seen = closeCode(connection.bytes);
      if (code) assert.equal(seen, code);
      else assert.ok([1002, 1009].includes(seen), String(seen));
    });

  it('come in any pieces', async () => {
    const connection = await rawWebSocket();
    const message = Buffer.concat([frame('4', { fin: 0 }), frame('p', { opcode: 9 }), frame('0', { opcode: 0 })]);
    for (const byte of message) connection.send(Buffer.from([byte]));
    await connection.when(() => (connection.bytes.includes('40{"sid"') ? true : undefined), 'the CONNECT answer');
    assert.ok(connection.bytes.includes(Buffer.from([0x8a, 1, 0x70])), 'the ping was answered');
    connection.destroy();
  });

  it('of a million fragments are not gathered', async () => {
    const connection = await rawWebSocket();
    connection.send(frame('4', { fin: 0 }));
    const part = frame('', { opcode: 0, fin: 0 });
    const many = Buffer.concat(Array.from({ length: 20_000 }, () => part));
    connection.send(many);
    await connection.whenClosed();
  });

  it('of noise do nothing', async () => {
    for (let i = 0; i < 50; i++) {
      const connection = await rawWebSocket();
      connection.send(createHash('sha512').update(`noise ${i}`).digest());
      connection.destroy();
    }
  });
});

describe('HTTP', () => {
  const requests = [
    'NONSENSE\r\n\r\n', 'GET\r\n\r\n', 'GET / HTTP/9.9\r\n\r\n', 'GET / HTTP/1.1\r\nno colon\r\n\r\n', 'GET / HTTP/1.1\r\nHost : a\r\n\r\n', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03',
    `GET /${'x'.repeat(100_000)} HTTP/1.1\r\nHost: h\r\n\r\n`, `GET / HTTP/1.1\r\nHost: h\r\nX: ${'x'.repeat(100_000)}\r\n\r\n`, `GET / HTTP/1.1\r\nHost: h\r\n${'X: y\r\n'.repeat(10_000)}\r\n`,
    `POST ${path}?EIO=4&transport=polling HTTP/1.1\r\nHost: h\r\nContent-Length: -1\r\n\r\n`, `POST ${path}?EIO=4&transport=polling HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx`,
    `POST ${path}?EIO=4&transport=polling HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`, `POST ${path}?EIO=4&transport=polling HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nzzz\r\n`,
    `POST ${path}?EIO=4&transport=polling HTTP/1.1\r\nHost: h\r\nContent-Length: 99999999999999999999\r\n\r\n`, 'GET / HTTP/1.1\r\nHost: h\r\nA: \0\r\n\r\n',
  ];
  requests.forEach((request, index) =>
    it(`request ${index} (${JSON.stringify(request.slice(0, 30))}) is answered with an error or cut`, async () => {
      const connection = await RawConnection.open(fixture.server.port);
      connection.send(request);
      const status = await connection.when(() => {
        const match = /^HTTP\/1\.[01] (\d{3})/.exec(connection.bytes.toString('latin1'));
        if (match) return Number(match[1]);
        return connection.closed ? 0 : undefined;
      }, 'an answer');
      assert.ok(status === 0 || status >= 400, String(status));
      connection.destroy();
    }));

  it('paths lead nowhere else', async () => {
    for (const target of ['/../../etc/passwd', '/..%2f..%2fetc/passwd', '/%2e%2e/%2e%2e/etc/passwd', '/socket.io/../../etc/passwd', '/assets/../../../etc/passwd', '//etc/passwd', '/%00', '/%zz']) {
      const connection = await RawConnection.open(fixture.server.port);
      connection.send(`GET ${target} HTTP/1.1\r\nHost: h\r\n\r\n`);
      const answer = await connection.response();
      assert.ok(answer.status >= 400 || answer.body.includes('<title>Tutti'), `${target}: ${answer.status}`); // a path that names no file may be the page
      assert.equal(answer.body.includes('root:'), false);
      connection.destroy();
    }
  });
});

describe('packets', () => {
  const deep = (depth) => `${'['.repeat(depth)}${']'.repeat(depth)}`;
  const closing = ['42{}', '42[', '4', '4x', '42["document:open",{"document":}]', '451-["document:open",{"_placeholder":true,"num":0}]', `42["x",${deep(100_000)}]`,
    '42["document:open",{"document":"\\u12"}]', '42["document:open",\u0007]', '4299999999999999999999', '40', '40{"a":1}', '41{}', '44', '47'];
  for (const packet of closing)
    it(`${JSON.stringify(packet.slice(0, 40))} do no harm`, async () => {
      const socket = await Socket.connected(fixture.server, path);
      socket.send(packet);
      socket.send('41');
      socket.close();
    });

  const payloads = ['null', '1', '"x"', '[]', 'true', '{}', '{"document":null}', '{"document":{"a":1}}', '{"document":"victim","version":1e999}', '{"document":"victim","client":"x","create":1,"type":{}}',
    `{"document":${JSON.stringify('x'.repeat(100_000))}}`, '{"document":"victim","seq":1,"version":1,"client":"x","changes":[1e308,-1e308]}', `{"document":"victim","client":"x","seq":1,"version":1,"changes":${deep(60)}}`,
    '{"document":"victim","client":"x","seq":1,"version":1,"changes":[-9]}', '{"__proto__":{"document":"victim"}}', '{"document":"victim","document":1}'];
  const events = ['hello', 'document:open', 'document:operation', 'document:close', 'document:history', 'document:snapshot', 'room:join', 'room:leave', 'room:emit'];
  for (const event of events)
    it(`${event} answers every payload`, async () => {
      const socket = await Socket.connected(fixture.server, path);
      const from = socket.received.length;
      payloads.forEach((payload, id) => socket.send(`42${id}["${event}",${payload}]`));
      socket.send(`42${payloads.length}["${event}"]`);
      const answers = await socket.take(payloads.length + 1);
      assert.equal(socket.closed, undefined);
      assert.deepEqual(answers.map((answer) => Number(/^43(\d+)/.exec(answer)?.[1])).sort((a, b) => a - b), answers.map((_, id) => id));
      for (const answer of answers) assert.match(answer, /^43\d+\[\{"ok":(true|false)/);
      assert.ok(from > 0);
      socket.close();
    });

  it('without an acknowledgement id are answered by nothing', async () => {
    const socket = await Socket.connected(fixture.server, path);
    for (const event of [...events, 'document:presence', 'unknown']) for (const payload of payloads.filter((text) => !text.includes('"victim"'))) socket.send(`42["${event}",${payload}]`);
    socket.send('420["hello",{"protocol":1}]');
    assert.match(await socket.next(), /^430\[\{"ok":true/);
    socket.close();
  });

  it('with binary where none belongs are refused', async () => {
    const socket = await Socket.connected(fixture.server, path);
    socket.send('451-0["document:open",{"document":{"_placeholder":true,"num":0}}]');
    socket.send(Buffer.from([1, 2, 3]));
    assert.match(await socket.next(), /^430\[\{"ok":false,"error":\{"code":"invalid-request"/);
    socket.close();
  });

  it('of a flood of events are all answered', async () => {
    const socket = await Socket.connected(fixture.server, path);
    const many = 5000;
    for (let id = 0; id < many; id++) socket.send(`42${id}["hello",{}]`);
    assert.equal((await socket.take(many)).length, many);
    socket.close();
  });

  it('of a lone surrogate cost an answer, not the connection', async () => {
    const socket = await Socket.connected(fixture.server, path);
    socket.send('420["document:open",{"document":"half","client":"c","create":true}]');
    await socket.next();
    socket.send('421["document:operation",{"document":"half","client":"c","version":0,"seq":1,"changes":["\\ud83d"]}]');
    assert.match(await socket.next(), /^431\[\{"ok":false,"error":\{"code":"invalid-operation"/);
    socket.send('422["document:operation",{"document":"half","client":"c","version":0,"seq":2,"changes":["\\ud83d\\ude00"]}]');
    assert.match(await socket.next(), /^432\[\{"ok":true/);
    socket.close();
  });
});
