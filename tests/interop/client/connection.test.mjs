// Connections of the stock socket.io-client on every transport and with both parsers: one server takes them all.
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { eventually, nextEvent, pause, within } from '../support/expect.mjs';
import { startConformance } from '../support/server.mjs';
import { Clients, kWays } from './stock.mjs';

for (const { name, options, flags } of kWays)
  describe(name, () => {
    let server;
    let clients;
    before(async () => {
      server = await startConformance('client', flags);
      clients = new Clients(server, options);
    });
    afterEach(() => clients.close());
    after(() => server.stop());

    it('connects and gets an id', async () => {
      const socket = await clients.connect();
      assert.match(socket.id, /^[\w-]{20}$/);
      assert.equal(await socket.emitWithAck('getId'), socket.id);
      assert.equal(socket.recovered, false);
    });

    it('connects to several namespaces over one connection', async () => {
      const socket = await clients.connect();
      const foo = socket.io.socket('/foo');
      await nextEvent(foo, 'connect');
      assert.notEqual(foo.id, socket.id);
      assert.equal(await foo.emitWithAck('getId'), foo.id);
      const asd = socket.io.socket('/asd');
      await nextEvent(asd, 'connect');
      asd.disconnect();
      assert.equal(await foo.emitWithAck('getId'), foo.id, 'the others stay');
    });

    it('comes back to a namespace after leaving it', async () => {
      const socket = await clients.connect();
      const foo = socket.io.socket('/foo');
      await nextEvent(foo, 'connect');
      const id = foo.id;
      foo.disconnect();
      foo.connect();
      await nextEvent(foo, 'connect');
      assert.notEqual(foo.id, id);
      assert.ok(socket.connected);
    });

    it('is refused an unknown namespace', async () => {
      const socket = clients.make('/unknown');
      const [error] = await nextEvent(socket, 'connect_error');
      assert.equal(error.message, 'Invalid namespace');
      assert.equal(socket.connected, false);
    });

    it('is refused by the middleware of a namespace', async () => {
      const [error] = await nextEvent(clients.make('/no'), 'connect_error');
      assert.equal(error.message, 'Auth failed (custom namespace)');
    });

    it('is refused by the middleware of the default namespace', async () => {
      const [error] = await nextEvent(clients.make('/', { query: { fail: 'true' } }), 'connect_error');
      assert.equal(error.message, 'Auth failed (main namespace)');
    });

    it('hands its query and auth to the application', async () => {
      const socket = clients.make('/abc', { query: { b: 'c', d: 'e f&g' }, auth: { token: '123' } });
      const [handshake] = await nextEvent(socket, 'handshake');
      assert.equal(handshake.query.b, 'c');
      assert.equal(handshake.query.d, 'e f&g');
      assert.equal(handshake.query.EIO, '4');
      assert.deepEqual(handshake.auth, { token: '123' });
      assert.equal(typeof handshake.issued, 'number');
      assert.equal(typeof handshake.time, 'string');
      assert.equal(handshake.secure, false);
      assert.match(handshake.url, /^\/socket\.io\/\?/);
      assert.ok(handshake.headers.host);
      assert.match(handshake.address, /127\.0\.0\.1$/);
    });

    it('takes an auth function', async () => {
      const [handshake] = await nextEvent(clients.make('/abc', { auth: (done) => done({ token: 'later' }) }), 'handshake');
      assert.deepEqual(handshake.auth, { token: 'later' });
    });

    it('sends extra headers', async () => {
      const socket = await clients.connect('/', { extraHeaders: { 'x-test': 'interop' } });
      assert.equal((await socket.emitWithAck('getHandshake')).headers['x-test'], 'interop');
    });

    it('buffers what is emitted before the connection', async () => {
      const socket = clients.make('/', { autoConnect: false });
      const answered = nextEvent(socket, 'hi');
      socket.emit('hi');
      socket.connect();
      await answered;
    });

    it('disconnects when told to, and connects again', async () => {
      const socket = await clients.connect();
      const id = socket.id;
      const ended = nextEvent(socket, 'disconnect');
      socket.disconnect();
      assert.equal((await ended)[0], 'io client disconnect');
      socket.connect();
      await nextEvent(socket, 'connect');
      assert.notEqual(socket.id, id);
    });

    it('reconnects by itself after the transport broke', async () => {
      const socket = await clients.connect();
      const back = nextEvent(socket.io, 'reconnect');
      socket.io.engine.close();
      await back;
      await eventually(() => socket.connected, 'the namespace to be joined again');
      await socket.emitWithAck('getId');
    });

    it('recovers its session after the transport broke', async () => {
      const socket = await clients.connect();
      socket.emit('hi');
      await nextEvent(socket, 'hi'); // carries an offset
      const id = socket.id;
      const connected = nextEvent(socket, 'connect');
      socket.io.engine.close();
      await connected;
      assert.equal(socket.id, id);
      assert.equal(socket.recovered, true);
    });

    it('is given a fresh session for an id that nobody knows', async () => {
      const socket = await clients.connect();
      const id = socket.id;
      socket._pid = 'unknown';
      socket._lastOffset = 'unknown';
      const connected = nextEvent(socket, 'connect');
      socket.io.engine.close();
      await connected;
      assert.notEqual(socket.id, id);
      assert.equal(socket.recovered, false);
    });

    it('stays connected over several heartbeats', async () => {
      const socket = await clients.connect();
      let pings = 0;
      socket.io.on('ping', () => pings++);
      await eventually(() => pings >= 2, 'two pings', 7000);
      assert.ok(socket.connected);
    });

    it('carries on while it changes the transport', async () => {
      const socket = clients.make();
      await nextEvent(socket, 'connect');
      const answers = await within(5000, Promise.all(Array.from({ length: 200 }, (_, i) => socket.emitWithAck('echo', i))), 'the answers');
      assert.deepEqual(answers, Array.from({ length: 200 }, (_, i) => i));
      if (options.transports.length === 2) await eventually(() => socket.io.engine.transport.name === 'websocket', 'the upgrade');
      assert.equal(await socket.emitWithAck('echo', 'after'), 'after');
    });

    it('closes without a trace when it is closed at once', async () => {
      const socket = clients.make();
      socket.disconnect();
      await pause(50);
      assert.equal(socket.connected, false);
      await clients.connect();
    });

    it('holds a hundred connections', async () => {
      const sockets = await Promise.all(Array.from({ length: 100 }, () => clients.connect()));
      assert.equal(new Set(sockets.map(({ id }) => id)).size, 100);
    });
  });
