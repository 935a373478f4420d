// What the stock socket.io-client sends and receives, on every transport and with both parsers.
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { eventually, nextEvent, pause } from '../support/expect.mjs';
import { startConformance } from '../support/server.mjs';
import { Clients, kWays } from './stock.mjs';

const kBytes = Buffer.from('asdfasdf', 'utf8');
const bytesOf = (value) => (value instanceof ArrayBuffer ? Buffer.from(value) : Buffer.from(value.buffer, value.byteOffset, value.byteLength));
const kDate = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const dateText = (value) => (value instanceof Date ? value.toISOString() : value);

for (const { name, options, flags } of kWays)
  describe(name, () => {
    let server;
    let clients;
    let socket;
    before(async () => {
      server = await startConformance('client', flags);
      clients = new Clients(server, options);
    });
    afterEach(() => clients.close());
    after(() => server.stop());

    const it_ = (title, test) => it(title, async () => {
      socket = await clients.connect();
      await test();
    });
    const answer = (event, ...args) => {
      const answered = nextEvent(socket, event[1] ?? event[0]);
      socket.emit(event[0], ...args);
      return answered;
    };

    it_('gets what it asks for', () => answer(['hi']));

    it_('gets any value back', async () => {
      const huge = flags.length ? [] : [1e21, 1.7976931348623157e308]; // what notepack makes of these is no number
      for (const value of [0, 1, -1, 1.5, 255, 256, 65536, 4294967296, -2147483649, 2 ** 53 - 1, -(2 ** 53 - 1), ...huge, '', 'text', 'é€😀',
        true, false, null, [], {}, [[[]]], { a: { b: [1, { c: null }] } }, 'x'.repeat(70_000)])
        assert.deepEqual(await socket.emitWithAck('echo', value), value);
    });

    it_('gets bytes back', async () => {
      for (const size of [0, 1, 255, 256, 65_536, 300_000]) {
        const bytes = Buffer.alloc(size, 7);
        assert.deepEqual(bytesOf(await socket.emitWithAck('echo', bytes)), bytes);
      }
      const nested = await socket.emitWithAck('echo', { a: [kBytes, { b: Buffer.from([1]) }], c: 'x' });
      assert.deepEqual(bytesOf(nested.a[0]), kBytes);
      assert.deepEqual(bytesOf(nested.a[1].b), Buffer.from([1]));
      assert.equal(nested.c, 'x');
      assert.deepEqual(bytesOf(await socket.emitWithAck('echo', new Uint8Array([1, 2, 3]))), Buffer.from([1, 2, 3]));
    });

    it_('answers an acknowledgement', async () => {
      socket.on('ack', (ack) => ack(5, { test: true }));
      await answer(['ack', 'got it']);
    });

    it_('gets dates', async () => {
      assert.match(dateText(await socket.emitWithAck('getAckDate', { test: true })), kDate);
      assert.match(dateText((await answer(['getDate', 'takeDate']))[0]), kDate);
      assert.match(dateText((await answer(['getDateObj', 'takeDateObj']))[0].date), kDate);
    });

    it_('gets text outside of ASCII in order', async () => {
      const texts = [];
      socket.on('takeUtf8', (text) => texts.push(text));
      socket.emit('getUtf8');
      await eventually(() => texts.length === 5, 'five texts');
      assert.deepEqual(texts, ['てすと', 'Я Б Г Д Ж Й', 'Ä ä Ü ü ß', 'utf8 — string', 'utf8 — string']);
    });

    it_('gets false', async () => assert.equal((await answer(['false']))[0], false));
    it_('gets bytes', async () => assert.deepEqual(bytesOf((await answer(['doge']))[0]), kBytes));
    it_('gets bytes it asked for', async () => assert.deepEqual(bytesOf((await answer(['getbin', 'takebin']))[0]), kBytes));
    it_('sends bytes', () => answer(['buffa', 'buffack'], kBytes));
    it_('sends bytes within an object', () => answer(['jsonbuff', 'jsonbuff-ack'], { hello: 'lol', message: kBytes, goodbye: 'gotcha' }));
    it_('sends a buffer within an object', () => answer(['jsonblob', 'jsonblob-ack'], { hello: 'lol', message: kBytes, goodbye: 'gotcha' }));
    it_('sends a blob as bytes', () => answer(['blob', 'back'], kBytes));

    it_('sends bytes and text in order', async () => {
      const answered = Promise.all([nextEvent(socket, 'abuff2-ack'), nextEvent(socket, 'blob3-ack')]);
      socket.emit('abuff1', kBytes);
      socket.emit('abuff2', 'please arrive second');
      socket.emit('blob1', kBytes);
      socket.emit('blob2', 'second');
      socket.emit('blob3', Buffer.from('blob3'));
      await answered;
    });

    it_('keeps the order of a thousand events', async () => {
      const seen = [];
      await Promise.all(Array.from({ length: 1000 }, (_, i) => socket.emitWithAck('echo', i).then((value) => seen.push(value))));
      assert.deepEqual(seen, Array.from({ length: 1000 }, (_, i) => i));
    });

    it_('waits no longer than it said', async () => {
      await assert.rejects(socket.timeout(50).emitWithAck('unknown'), /operation has timed out/);
      assert.equal(await socket.timeout(2000).emitWithAck('echo', 42), 42);
    });

    it_('may emit without compression', async () => {
      const answered = nextEvent(socket, 'hi');
      socket.compress(false).emit('hi');
      await answered;
    });

    it_('loses volatile events only while it is not connected', async () => {
      await eventually(() => socket.io.engine.transport.writable && !socket.io.engine.upgrading, 'a writable transport');
      let count = 0;
      socket.on('hi', () => count++);
      socket.volatile.emit('hi');
      await eventually(() => count === 1, 'the answer');
      socket.disconnect();
      socket.volatile.emit('hi');
      socket.connect();
      await nextEvent(socket, 'connect');
      await socket.emitWithAck('getId');
      assert.equal(count, 1);
    });

    it_('gets each broadcast offset out of its way', async () => {
      const args = [];
      socket.onAny((...all) => args.push(all));
      await answer(['hi']);
      assert.equal(args[0][0], 'hi');
      assert.ok(args[0].length <= 2, 'nothing but an offset follows');
    });

    it('sends again what was not acknowledged', async () => {
      const retrying = await clients.connect('/', { retries: 10, ackTimeout: 3000 });
      const answers = [];
      for (let i = 0; i < 20; i++) retrying.emit('echo', i, (error, value) => answers.push(error ?? value));
      await pause(5);
      retrying.io.engine.close();
      await eventually(() => answers.length === 20, 'twenty answers', 10_000);
      assert.deepEqual(answers, Array.from({ length: 20 }, (_, i) => i));
    });

    it('gives up after its retries', async () => {
      const retrying = await clients.connect('/', { retries: 2, ackTimeout: 30 });
      let calls = 0;
      retrying.onAnyOutgoing(() => calls++);
      await assert.rejects(new Promise((done, fail) => retrying.emit('no-answer', (error) => (error ? fail(error) : done()))), /operation has timed out/);
      assert.equal(calls, 3);
    });
  });
