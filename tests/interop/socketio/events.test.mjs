// Socket.IO v5, "Packet text" and "Events and acks": every packet of a session goes through a WebSocket by hand.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Socket } from '../support/engine.mjs';
import { silent } from '../support/expect.mjs';
import { startConformance, unlikeNode } from '../support/server.mjs';

const path = '/socket.io/';
let server;

before(async () => {
  server = await startConformance('socketio', ['--ping-timeout', '5000']); // a busy machine may answer late
});
after(() => server.stop());

async function connected(connect = '40') {
  const socket = await Socket.connected(server, path, connect);
  await socket.next(); // auth
  return socket;
}

async function answered(sent, expected, connect) {
  const socket = await connected(connect);
  for (const message of sent) socket.send(message);
  assert.deepEqual(await socket.take(expected.length), expected);
  socket.close();
}

async function closes(...sent) {
  const socket = await connected();
  for (const message of sent) socket.send(message);
  const { code } = await socket.whenClosed();
  assert.equal(code, 1005, 'the close frame has no code');
  assert.deepEqual(socket.received.slice(3), []);
}

describe('events', () => {
  it('carries plain values', () => answered(
    ['42["message",1,"2",{"3":["4"]},null,true,-1.5e-7]'],
    ['42["message-back",1,"2",{"3":["4"]},null,true,-1.5e-7]']));
  it('carries no values at all', () => answered(['42["message"]'], ['42["message-back"]']));
  it('carries any text', () => answered(
    ['42["message","héllo €😀\\u0000\\n\\"\\\\"]'], ['42["message-back","héllo €😀\\u0000\\n\\"\\\\"]']));
  it('carries a lone surrogate', () => answered(['42["message","\\ud800"]'], ['42["message-back","\\ud800"]']));
  it('carries a __proto__ key', () => answered(['42["message",{"__proto__":{"x":1}}]'], ['42["message-back",{"__proto__":{"x":1}}]']));
  it('keeps a placeholder of a plain event as an object', () => answered(
    ['42["message",{"_placeholder":true,"num":0}]'], ['42["message-back",{"_placeholder":true,"num":0}]']));
  it('ignores events that nobody listens to', () => answered(
    ['42["nobody"]', '42[1,"x"]', '42["error","x"]', '42["message","after"]'], ['42["message-back","after"]']));
  it('keeps the order', () => answered(
    Array.from({ length: 200 }, (_, i) => `42["message",${i}]`), Array.from({ length: 200 }, (_, i) => `42["message-back",${i}]`)));
  it('carries deep nesting', () => {
    const deep = `${'['.repeat(60)}${']'.repeat(60)}`;
    return answered([`42["message",${deep}]`], [`42["message-back",${deep}]`]);
  });
});

describe('acknowledgements', () => {
  it('answers with the id', () => answered(
    ['42456["message-with-ack",1,"2",{"3":[false]}]'], ['43456[1,"2",{"3":[false]}]']));
  it('takes id 0', () => answered(['420["message-with-ack"]'], ['430[]']));
  it('ignores an unknown id and a missing one', () => answered(
    ['43999["x"]', '43["x"]', '42["message","after"]'], ['42["message-back","after"]']));
  it('answers each id once though two are alike', () => answered(
    ['427["message-with-ack",1]', '427["message-with-ack",2]'], ['437[1]', '437[2]']));
});

const placeholder = (num) => `{"_placeholder":true,"num":${num}}`;

describe('attachments', () => {
  it('sends binary back', () => answered(
    [`452-["message",${placeholder(0)},${placeholder(1)}]`, Buffer.from([1, 2, 3]), Buffer.from([4, 5, 6])],
    [`452-["message-back",${placeholder(0)},${placeholder(1)}]`, Buffer.from([1, 2, 3]), Buffer.from([4, 5, 6])]));
  it('acknowledges with binary', () => answered(
    [`452-789["message-with-ack",${placeholder(0)},${placeholder(1)}]`, Buffer.from([1, 2, 3]), Buffer.from([4, 5, 6])],
    [`462-789[${placeholder(0)},${placeholder(1)}]`, Buffer.from([1, 2, 3]), Buffer.from([4, 5, 6])]));
  it('puts them in depth-first order', () => answered(
    [`453-["message",{"b":${placeholder(2)},"a":[${placeholder(1)}]},${placeholder(0)}]`, Buffer.from('x'), Buffer.from('y'), Buffer.from('z')],
    [`453-["message-back",{"b":${placeholder(0)},"a":[${placeholder(1)}]},${placeholder(2)}]`, Buffer.from('z'), Buffer.from('y'), Buffer.from('x')]));
  it('takes an empty one', () => answered(
    [`451-["message",${placeholder(0)}]`, Buffer.alloc(0)], [`451-["message-back",${placeholder(0)}]`, Buffer.alloc(0)]));
  it('takes ten of them', () => {
    const list = Array.from({ length: 10 }, (_, i) => placeholder(i)).join();
    const bytes = Array.from({ length: 10 }, (_, i) => Buffer.from([i]));
    return answered([`4510-["message",${list}]`, ...bytes], [`4510-["message-back",${list}]`, ...bytes]);
  });
  it('takes base64 text as an attachment', () => answered(
    [`451-["message",${placeholder(0)}]`, 'bAQID'], [`451-["message-back",${placeholder(0)}]`, Buffer.from([1, 2, 3])]));
  it('does not mix what two attachments belong to', () => answered(
    [`451-["message",${placeholder(0)},1]`, Buffer.from('a'), `451-["message",${placeholder(0)},2]`, Buffer.from('b')],
    [`451-["message-back",${placeholder(0)},1]`, Buffer.from('a'), `451-["message-back",${placeholder(0)},2]`, Buffer.from('b')]));
});

describe('violations', () => {
  for (const packet of ['42{}', '42[]', '42[null]', '42[{}]', '42[[]]', '42[true]', '42["a"', '42abc["hello"]', '42["connect"]', '42["connect_error"]',
    '42["disconnect"]', '42["disconnecting"]', '42["newListener"]', '42["removeListener"]', '430{}', '47', '4x', '450-["a"]', '451["a"]',
    '45-1-["a"]', '4511-["a"]', '45["a"]', '42["a"]garbage', '42["a",\u0001]', '42["a",NaN]', "42['a']"])
    it(`closes on ${JSON.stringify(packet)}`, () => closes(packet));

  it('closes on text while an attachment is due', () => closes(`451-["a",${placeholder(0)}]`, '42["b"]'));
  it('closes on binary that nothing announced', () => closes(Buffer.from([1])));
  it('closes on a placeholder out of range', () => closes(`451-["a",${placeholder(5)}]`, Buffer.from([1])));
  it('closes on a negative placeholder', () => closes(`451-["a",${placeholder(-1)}]`, Buffer.from([1])));
  it('closes on a placeholder that is no number', () => closes(`451-["a",${placeholder('"0"')}]`, Buffer.from([1])));
  it('closes on a placeholder that is not whole', unlikeNode('takes it for none'), () => closes(`451-["a",${placeholder('0.5')}]`, Buffer.from([1])));

  it('forgets what is due when the client leaves', async () => {
    const first = await connected();
    first.send(`451-["a",${placeholder(0)}]`);
    first.close();
    await answered(['42["message","other"]'], ['42["message-back","other"]']);
  });

  it('takes nothing that follows a violation', async () => {
    const other = await connected();
    const socket = await connected();
    socket.send('42[]');
    socket.send('42["message","late"]');
    await socket.whenClosed();
    assert.deepEqual(socket.received.slice(3), []);
    await silent(other.received);
    other.close();
  });

  it('refuses two CONNECTs in one turn', unlikeNode('gives two ids'), async () => {
    const socket = await Socket.session(server, path);
    socket.send('40');
    socket.send('40');
    await socket.whenClosed();
    assert.ok(socket.received.filter((packet) => typeof packet === 'string' && packet.startsWith('40')).length <= 1);
  });
});
