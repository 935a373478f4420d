// Every operation of the adapter, from every server to every server.
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { Emitter } from '@socket.io/redis-emitter';
import { eventually, nextEvent } from '../support/expect.mjs';
import { unlikeNode } from '../support/server.mjs';
import { Cluster, expectAt, kNames, msgpackParser } from './fixture.mjs';

const bytes = Buffer.from([1, 2, 3]);
const kVariants = [
  { title: 'as it comes', options: {} },
  { title: 'with a key and specific response channels', options: { key: 'myapp', flags: ['--specific-response'] } },
];

for (const { title, options } of kVariants) {
  describe(`a cluster of four servers, ${title}`, () => {
    let cluster;
    before(async () => (cluster = await Cluster.start(options)));
    after(() => cluster.stop());
    afterEach(() => cluster.disconnect());

    for (const nsp of ['/', '/chat'])
      for (const from of kNames)
        describe(`${nsp} from ${from}`, () => {
          const ids = () => kNames.map((name) => cluster.clients[name].id).sort();
          const caller = () => cluster.clients[from];
          const others = kNames.filter((name) => name !== from);
          const answering = () => {
            for (const [name, socket] of Object.entries(cluster.clients))
              socket.on('question', (...args) => args.pop()(name, 'not seen'));
          };
          beforeEach(() => cluster.connect(nsp));

          it('broadcasts to everybody, JSON and binary', async () => {
            assert.deepEqual(await caller().control('emit', { event: 'hello', args: [1, '2', { three: [4.5, null, true] }] }), { ok: true });
            await expectAt(cluster, kNames, ['hello', 1, '2', { three: [4.5, null, true] }]);
            await caller().control('emit', { event: 'bytes', args: [bytes, { deep: [bytes] }] });
            await expectAt(cluster, kNames, ['bytes', bytes, { deep: [bytes] }]);
          });

          it('broadcasts to rooms, with exceptions and flags', async () => {
            await cluster.clients['node-1'].control('join', { names: ['r1', 'a#b'] });
            await cluster.clients['tutti-1'].control('join', { names: ['r1'] });
            await cluster.clients['tutti-2'].control('join', { names: ['r2'] });
            await caller().control('emit', { event: 'one', rooms: ['r1'] });
            await expectAt(cluster, ['node-1', 'tutti-1'], ['one']);
            await caller().control('emit', { event: 'odd', rooms: ['a#b'], flags: { compress: false } });
            await expectAt(cluster, ['node-1'], ['odd']);
            await caller().control('emit', { event: 'two', rooms: ['r1', 'r2'], except: ['a#b'] });
            await expectAt(cluster, ['tutti-1', 'tutti-2'], ['two']);
            await caller().control('emit', { event: 'vol', flags: { volatile: true } });
            await expectAt(cluster, kNames, ['vol']);
            await caller().control('emit', { event: 'near', flags: { local: true } });
            await expectAt(cluster, [from], ['near']);
            await caller().control('emit', { event: 'you', rooms: [cluster.clients['node-2'].id] });
            await expectAt(cluster, ['node-2'], ['you']);
            await caller().control('emit', { event: 'rest', via: 'socket', args: [1] });
            await expectAt(cluster, others, ['rest', 1]);
            await caller().control('emit', { event: 'nobody', rooms: ['ghost'] });
            await expectAt(cluster, [], []);
          });

          it('collects acknowledgements', async () => {
            answering();
            const { responses, error } = await caller().control('emit-with-ack', { event: 'question', args: ['x', bytes] });
            assert.equal(error, undefined);
            assert.deepEqual(responses.sort(), kNames);
          });

          it('tells who has answered when others have not', async () => {
            cluster.clients['tutti-1'].on('question', (ack) => ack(bytes));
            const { responses, error } = await caller().control('emit-with-ack', { event: 'question', flags: { timeout: 200 } });
            assert.equal(error, 'operation has timed out');
            assert.deepEqual(responses, [bytes]);
          });

          it('asks one client anywhere', async () => {
            answering();
            for (const name of kNames) {
              const { id } = cluster.clients[name];
              assert.deepEqual(await caller().control('remote-emit-with-ack', { id, event: 'question' }), { response: name });
            }
            assert.ok('fail' in await caller().control('remote-emit-with-ack', { id: 'nobody', event: 'question' }));
          });

          it('describes all sockets', async () => {
            for (const name of kNames) await cluster.clients[name].control('set-data', { data: { name, deep: [1, null] } });
            const { sockets } = await caller().control('fetch-sockets');
            assert.deepEqual(sockets.map(({ id }) => id).sort(), ids());
            for (const name of kNames) {
              const found = sockets.find(({ id }) => id === cluster.clients[name].id);
              assert.deepEqual(found.data, { name, deep: [1, null] });
              assert.deepEqual(found.rooms, [found.id]);
              assert.deepEqual(found.handshake.auth, { token: name });
              assert.equal(found.handshake.query.from, name);
              assert.equal(found.handshake.headers['x-name'], name);
            }
          });

          it('lets sockets join, leave and go', async () => {
            assert.deepEqual(await caller().control('sockets-join', { names: ['j1', 'j2'] }), { ok: true });
            const inRoom = async (room) => (await caller().control('fetch-sockets', { rooms: [room] })).sockets.map(({ id }) => id).sort();
            await eventually(async () => (await inRoom('j2')).length === 4, 'four in the room');
            await caller().control('sockets-leave', { names: ['j2'], rooms: [cluster.clients['node-1'].id, cluster.clients['tutti-2'].id] });
            const left = [cluster.clients['node-2'].id, cluster.clients['tutti-1'].id].sort();
            await eventually(async () => (await inRoom('j2')).join() === left.join(), 'two in the room');
            const { rooms } = await caller().control('all-rooms');
            assert.deepEqual(rooms.sort(), [...ids(), 'j1', 'j2'].sort());
            const gone = others.map((name) => nextEvent(cluster.clients[name], 'disconnect'));
            await caller().control('disconnect-sockets', { except: [caller().id] });
            assert.deepEqual((await Promise.all(gone)).map(([reason]) => reason), others.map(() => 'io server disconnect'));
            assert.ok(caller().connected);
          });

          it('reaches the other servers', async () => {
            await caller().control('server-side-emit', { event: 'sse', args: [1, { two: 'x' }] });
            await eventually(() => others.every((name) => cluster.clients[name].received.length === 1), 'the servers to hear');
            for (const name of others) assert.deepEqual(cluster.clients[name].received, [['server-event', [1, { two: 'x' }], 'sse', name]]);
            assert.deepEqual(caller().received, []);
            assert.ok('fail' in await caller().control('server-side-emit', { event: 'connection' }));
          });

          it('collects the answers of the other servers', async () => {
            const ask = (event, ...args) => caller().control('server-side-emit-with-ack', { event, args });
            const answers = await ask('sse-ack', 'a');
            assert.deepEqual(answers.responses.map(({ server }) => server).sort(), others);
            assert.deepEqual(answers.responses[0].args, ['a']);
            assert.deepEqual((await ask('sse-double')).responses.sort(), others);
            assert.deepEqual((await ask('sse-void')).responses, [null, null, null]);
          });
        });

    it('hears the emitter', async () => {
      await cluster.connect();
      const emitter = new Emitter(cluster.redis.client, { key: cluster.key });
      emitter.emit('ev', 1, bytes);
      await expectAt(cluster, kNames, ['ev', 1, bytes]);
      emitter.in(cluster.clients['node-1'].id).in(cluster.clients['tutti-1'].id).socketsJoin(['e1', 5]);
      await eventually(async () => (await cluster.clients['tutti-2'].control('fetch-sockets', { rooms: ['e1'] })).sockets.length === 2, 'two in e1');
      emitter.to('e1').volatile.emit('in-room');
      await expectAt(cluster, ['node-1', 'tutti-1'], ['in-room']);
      emitter.to(['e1', 'e2']).except(cluster.clients['node-1'].id).emit('but');
      await expectAt(cluster, ['tutti-1'], ['but']);
      emitter.serverSideEmit('sse', 'x');
      await eventually(() => kNames.every((name) => cluster.clients[name].received.length === 1), 'all servers to hear');
      const closed = kNames.map((name) => nextEvent(cluster.clients[name], 'disconnect'));
      emitter.disconnectSockets(true);
      await Promise.all(closed);
    });

    it('serves MessagePack and long-polling clients alike', unlikeNode('it has one parser for all clients'), async () => {
      await cluster.connect();
      const polling = await cluster.client('tutti-1', '/', { transports: ['polling'] });
      const packed = await cluster.client('tutti-2', '/', { parser: msgpackParser });
      cluster.clients['node-1'].control('emit', { event: 'mix', args: [bytes, { a: 1 }] });
      await expectAt(cluster, kNames, ['mix', bytes, { a: 1 }]);
      await eventually(() => polling.received.length && packed.received.length, 'both clients');
      assert.deepEqual(polling.received, [['mix', bytes, { a: 1 }]]);
      assert.equal(packed.received[0][0], 'mix');
      polling.disconnect();
      packed.disconnect();
    });
  });
}
