// The whole client over real sockets against the model behind a stock Socket.IO server.

import { afterEach, beforeEach, expect, it } from 'vitest';
import { TuttiClient } from '../src/index.js';
import type { ClientOptions, ConnectionFailure, Document } from '../src/index.js';
import { startMockServer } from './support/mock-server.js';
import type { MockServer } from './support/mock-server.js';

let server: MockServer;
const clients: TuttiClient[] = [];

beforeEach(async () => {
  server = await startMockServer();
});
afterEach(async () => {
  for (const client of clients.splice(0)) client.disconnect();
  await server.close();
});

function connect(options: ClientOptions = {}, url = server.url): TuttiClient {
  const client = new TuttiClient(url, { reconnectionDelay: { min: 10, max: 50 }, ...options });
  clients.push(client);
  return client;
}

async function until(condition: () => boolean): Promise<void> {
  await expect.poll(condition, { timeout: 10_000, interval: 5 }).toBe(true);
}

async function openTwo(): Promise<[Document, Document, TuttiClient, TuttiClient]> {
  const [a, b] = [connect({ profile: { name: 'Ada' } }), connect({ profile: { name: 'Bob' } })];
  const [first, second] = [a.open('notes: 1', { create: true }), b.open('notes: 1', { create: true })];
  await Promise.all([first.ready, second.ready]);
  return [first, second, a, b];
}

it('shares what two people type at the same time', async () => {
  const [a, b] = await openTwo();
  for (let i = 0; i < 20; i++) {
    a.insert(a.length, 'a');
    b.insert(0, 'b');
  }
  await Promise.all([a.saved(), b.saved()]);
  await until(() => a.text === b.text && a.version === b.version);
  expect(a.text).toHaveLength(40);
  expect(a.status).toBe('saved');
});

it('keeps what is typed while offline and merges it afterwards', async () => {
  const [a, b, client] = await openTwo();
  a.insert(0, 'start ');
  await a.saved();
  await until(() => b.text === 'start ');
  client.disconnect();
  expect(a.status).toBe('offline');
  a.insert(a.length, 'offline');
  b.insert(0, 'meanwhile ');
  expect(a.pendingEdits).toBe(1);
  client.connect();
  await a.saved();
  await until(() => b.text === a.text);
  expect(a.text).toBe('meanwhile start offline');
});

it('comes back by itself when the server throws it out, without hammering', async () => {
  const [a, b] = await openTwo();
  let connections = 0;
  server.io.on('connection', (socket) => {
    connections++;
    if (connections < 3) socket.disconnect(true);
  });
  server.io.disconnectSockets(true);
  a.insert(0, 'x');
  await a.saved();
  await until(() => b.text === 'x');
  expect(connections).toBeLessThan(8);
});

it('knows who is there and where their cursors are', async () => {
  const [a, b, , client] = await openTwo();
  a.insert(0, 'hello');
  await a.saved();
  await until(() => b.text === 'hello' && b.users.length === 2 && a.users.length === 2);
  expect(a.users.map((user) => user.profile?.name).sort()).toEqual(['Ada', 'Bob']);
  b.setCursor({ anchor: 1, head: 3 });
  await until(() => a.cursors.length === 1);
  expect(a.cursors[0]).toMatchObject({ socketId: client.socketId, cursor: { anchor: 1, head: 3 } });
  a.insert(0, '>> ');
  expect(a.cursors[0]!.cursor).toEqual({ anchor: 4, head: 6 });
  client.disconnect();
  await until(() => a.users.length === 1 && a.cursors.length === 0);
});

it('rejects ready and says why when the document does not exist', async () => {
  const document = connect().open('nothing here');
  await expect(document.ready).rejects.toMatchObject({ code: 'not-found' });
  expect(document.status).toBe('closed');
});

it('emits connection-failed once, with words for people, and goes on trying', async () => {
  const failures: ConnectionFailure[] = [];
  const client = connect({ timeBudget: 60 }, 'http://127.0.0.1:1');
  client.on('connection-failed', (failure) => failures.push(failure));
  await until(() => failures.length > 0);
  const { reason, message, elapsed } = failures[0]!;
  expect(reason).toBe('unreachable');
  expect(message).toMatch(/cannot be reached/);
  expect(elapsed).toBeGreaterThanOrEqual(59);
  await new Promise((resolve) => setTimeout(resolve, 150));
  expect(failures).toHaveLength(1);
  expect(client.status).not.toBe('online');
});

it('asks for credentials at every attempt and tells when they are refused twice', async () => {
  let asked = 0;
  const seen: unknown[] = [];
  server.io.use((socket, next) => {
    seen.push(socket.handshake.auth.token);
    if (socket.handshake.auth.token === 'token-3') return next();
    next(Object.assign(new Error('unauthenticated'), { data: { code: 'unauthenticated' } }));
  });
  const client = connect({ auth: async () => ({ token: `token-${++asked}` }) });
  const failures: ConnectionFailure[] = [];
  client.on('connection-failed', (failure) => failures.push(failure));
  await until(() => client.status === 'online');
  expect(seen).toEqual(['token-1', 'token-2', 'token-3']);
  expect(failures.map(({ reason }) => reason)).toEqual(['unauthenticated']);
});

it('treats a failing auth callback as a failed attempt', async () => {
  let asked = 0;
  const client = connect({
    auth: () => {
      if (asked++ === 0) throw new Error('the token service is down');
      return {};
    },
  });
  await until(() => client.status === 'online');
  expect(asked).toBe(2);
});

it('reaches a server, or a network, that has long-polling only', async () => {
  const polling = await startMockServer({ transports: ['polling'] });
  try {
    const client = connect({}, polling.url);
    await until(() => client.status === 'online');
    const document = client.open('p', { create: true });
    await document.ready;
    document.insert(0, 'x');
    await document.saved();
    client.disconnect();
  } finally {
    await polling.close();
  }
});

it('stops at a server of another protocol, and says that the page is out of date', async () => {
  const later = await startMockServer({ hello: { ok: false, error: { code: 'unsupported-protocol', message: '' } } });
  try {
    const failures: ConnectionFailure[] = [];
    const client = connect({}, later.url);
    client.on('connection-failed', (failure) => failures.push(failure));
    await until(() => failures.length === 1);
    expect(failures[0]).toMatchObject({ reason: 'unsupported-protocol', message: expect.stringMatching(/reload/) });
    expect(client.status).toBe('offline');
  } finally {
    await later.close();
  }
});

it('gives up an attempt that nobody answers and tries again', async () => {
  let attempts = 0;
  server.io.use((_, next) => void (attempts++ > 0 && next()));
  const client = connect({ attemptTimeout: 300 });
  await until(() => client.status === 'online');
  expect(attempts).toBeGreaterThan(1);
});

it('waits as long as the server says', async () => {
  const times: number[] = [];
  server.io.use((_, next) => {
    times.push(performance.now());
    if (times.length > 1) return next();
    next(Object.assign(new Error('too-many-connections'), { data: { code: 'too-many-connections', retryAfter: 200 } }));
  });
  const client = connect();
  await until(() => client.status === 'online');
  expect(times[1]! - times[0]!).toBeGreaterThan(195);
});

it('routes what is not about a document to the application', async () => {
  const client = connect();
  const heard: unknown[] = [];
  client.on('event', (name, args) => heard.push([name, ...args]));
  await until(() => client.status === 'online');
  server.io.emit('news', { a: 1 }, 2);
  await until(() => heard.length === 1);
  expect(heard).toEqual([['news', { a: 1 }, 2]]);
  client.socket.emit('hello', {}, (answer: { ok: boolean }) => heard.push(answer.ok));
  await until(() => heard.length === 2);
});

it('gives the same document twice as long as it is open', async () => {
  const client = connect();
  const first = client.open('one', { create: true });
  expect(client.open('one')).toBe(first);
  await first.ready;
  first.close();
  const second = client.open('one');
  expect(second).not.toBe(first);
  await second.ready;
});

it('reads the history and the content of a version', async () => {
  const [a] = await openTwo();
  for (const letter of 'abc') {
    a.insert(a.length, letter);
    await a.saved();
  }
  const { version, revisions } = await a.history();
  expect(version).toBe(3);
  expect(revisions.map((revision) => revision.version)).toEqual([1, 2, 3]);
  const { content } = await a.snapshot(2);
  expect(content.toString()).toBe('ab');
  a.setContent(content);
  await a.saved();
  expect([a.text, a.version]).toEqual(['ab', 4]);
  a.setText('cab');
  expect(a.text).toBe('cab');
});
