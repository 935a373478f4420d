// A mixed cluster: one Redis, two Node servers and two of Tutti, a stock client on each. Node servers alone with
// TUTTI_PEER=reference.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { io } from 'socket.io-client';
import msgpackParser from 'socket.io-msgpack-parser';
import { eventually, nextEvent, pause, within } from '../support/expect.mjs';
import { startConformance, startReference } from '../support/server.mjs';
import { createClient } from 'redis';

async function freePort() {
  const probe = createServer();
  await new Promise((done) => probe.listen(0, '127.0.0.1', done));
  const { port } = probe.address();
  await new Promise((done) => probe.close(done));
  return port;
}

// A redis-server of one's own, without persistence.
export class Redis {
  static async start() {
    const redis = new Redis();
    redis.directory = mkdtempSync(join(tmpdir(), 'tutti-redis-'));
    redis.port = await freePort();
    await redis.run();
    return redis;
  }
  get url() {
    return `redis://127.0.0.1:${this.port}`;
  }
  async run() {
    this.child = spawn('redis-server', ['--port', String(this.port), '--bind', '127.0.0.1', '--save', '', '--dir', this.directory],
      { stdio: 'ignore' });
    this.exited = new Promise((done) => this.child.once('exit', done));
    this.client = createClient({ url: this.url });
    this.client.on('error', () => {});
    await within(10_000, this.client.connect(), 'redis-server to answer');
  }
  async kill() {
    await this.client.disconnect().catch(() => {});
    this.child.kill('SIGKILL');
    await this.exited;
  }
  async stop() {
    await this.kill();
    rmSync(this.directory, { recursive: true, force: true });
  }
  async subscribers(channel) {
    return (await this.client.pubSubNumSub(channel))[channel];
  }
}

export const kServers = [
  { name: 'node-1', start: startReference },
  { name: 'node-2', start: startReference },
  { name: 'tutti-1', start: startConformance },
  { name: 'tutti-2', start: startConformance, flags: ['--workers', '2'] },
];

export class Cluster {
  servers = {};
  clients = {};

  static async start({ flags = [], flagsOf = () => [], key = 'socket.io' } = {}) {
    const cluster = new Cluster();
    cluster.key = key;
    cluster.redis = await Redis.start();
    await Promise.all(kServers.map(async (server) => {
      cluster.servers[server.name] = await server.start('cluster', ['--redis', cluster.redis.url, '--server-name', server.name,
        '--key', key, ...(server.flags ?? []), ...flags, ...flagsOf(server.name)]);
    }));
    await cluster.assembled();
    return cluster;
  }

  // Every server hears the requests of both namespaces.
  async assembled() {
    for (const nsp of ['/', '/chat'])
      await eventually(async () => (await this.redis.subscribers(`${this.key}-request#${nsp}#`)) === kServers.length,
        `four servers on ${nsp}`, 10_000);
  }

  // A client on each server, every second one with the MessagePack parser where `parsers` says so.
  async connect(nsp = '/') {
    this.clients = {};
    await Promise.all(kServers.map(async ({ name }) => {
      this.clients[name] = await this.client(name, nsp);
    }));
  }

  async client(name, nsp = '/', options = {}) {
    const socket = io(this.servers[name].url + nsp, {
      transports: ['websocket'], forceNew: true, reconnection: false, auth: { token: name }, query: { from: name },
      extraHeaders: { 'x-name': name }, ...options,
    });
    socket.received = [];
    socket.onAny((...message) => {
      if (typeof message.at(-1) === 'function') message.pop();
      socket.received.push(message);
    });
    socket.control = (op, fields = {}) =>
      within(8000, new Promise((answer) => socket.emit('control', { op, ...fields }, answer)), `${op} on ${name}`);
    await nextEvent(socket, 'connect');
    return socket;
  }

  disconnect() {
    for (const socket of Object.values(this.clients)) socket.disconnect();
  }

  async stop() {
    this.disconnect();
    const ends = await Promise.all(Object.values(this.servers).map((server) => server.stop()));
    await this.redis.stop();
    for (const { code } of ends) assert.equal(code, 0);
  }
}

export const kNames = kServers.map(({ name }) => name);

// Exactly the named clients get exactly that message, once; then the records are empty again.
export async function expectAt(cluster, names, message) {
  const got = () => names.every((name) => cluster.clients[name].received.length > 0);
  await eventually(got, `${JSON.stringify(message)} at ${names}`).catch(() => {});
  await pause(30);
  for (const [name, socket] of Object.entries(cluster.clients)) {
    assert.deepEqual(socket.received, names.includes(name) ? [message] : [], `received on ${name}`);
    socket.received.length = 0;
  }
}

export { msgpackParser };
