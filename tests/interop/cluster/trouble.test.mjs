// A cluster whose Redis goes away, and what strangers publish.
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { eventually } from '../support/expect.mjs';
import { peerIsReference } from '../support/server.mjs';
import { Cluster, expectAt, kNames } from './fixture.mjs';

describe('a cluster in trouble', { skip: peerIsReference && 'stock servers end or hang' }, () => {
  let cluster;
  before(async () => (cluster = await Cluster.start({ flags: ['--requests-timeout', '500'] })));
  after(() => cluster.stop());
  beforeEach(() => cluster.connect());

  it('serves local clients and forgets nothing local without Redis, and finds together again', async () => {
    await cluster.redis.kill();
    const { 'tutti-1': client } = cluster.clients;
    await client.control('emit', { event: 'alone', flags: { volatile: true } });
    await eventually(() => client.received.length === 1, 'local delivery');
    await client.control('sockets-join', { names: ['meanwhile'] });
    await eventually(async () => (await client.control('join')).rooms.includes('meanwhile'), 'the local join');
    const { error } = await client.control('fetch-sockets');
    assert.equal(error, 'timeout reached while waiting for fetchSockets response');
    await cluster.redis.run();
    await cluster.assembled();
    await eventually(async () => (await client.control('fetch-sockets')).sockets?.length === 4, 'all four sockets', 10_000);
    for (const socket of Object.values(cluster.clients)) socket.received.length = 0;
    await client.control('emit', { event: 'together' });
    await expectAt(cluster, kNames, ['together']);
    cluster.disconnect();
  });

  it('takes a server that is silent for what it is: late', async () => {
    const silent = cluster.servers['node-2'].child;
    silent.kill('SIGSTOP');
    try {
      const { error } = await cluster.clients['tutti-1'].control('fetch-sockets');
      assert.equal(error, 'timeout reached while waiting for fetchSockets response');
      const sse = await cluster.clients['tutti-2'].control('server-side-emit-with-ack', { event: 'sse-ack' });
      assert.equal(sse.error, 'timeout reached: only 2 responses received out of 3');
      assert.equal(sse.responses.length, 2);
    } finally {
      silent.kill('SIGCONT');
    }
    cluster.disconnect();
  });

  it('drops what it cannot understand', async () => {
    // Stock servers would end: they are stopped while it is said, and lose it with their connections.
    for (const name of ['node-1', 'node-2']) await cluster.servers[name].stop();
    const garbage = ['x', '', Buffer.from([0xc1]), Buffer.from([0xc0]), Buffer.from('{"type":5}'), Buffer.from('{"type":99}'),
      Buffer.from([0x91, 0xa1, 0x61]), Buffer.from('93a16183a474797065', 'hex')];
    for (const channel of ['socket.io#/#', 'socket.io-request#/#', 'socket.io-response#/#'])
      for (const message of garbage) await cluster.redis.client.publish(channel, message);
    const { sockets } = await cluster.clients['tutti-1'].control('fetch-sockets');
    assert.equal(sockets.length, 2);
    cluster.disconnect();
  });
});
