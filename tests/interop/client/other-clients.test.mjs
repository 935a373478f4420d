// Clients that are not socket.io-client 4: the Python one, and version 2 with Engine.IO 3.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { after, before, describe, it } from 'node:test';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import ioV2 from 'socket.io-client-v2';
import { io } from 'socket.io-client';
import { eventually, nextEvent } from '../support/expect.mjs';
import { needsFlag, startConformance } from '../support/server.mjs';

const here = dirname(fileURLToPath(import.meta.url));

describe('python3-socketio', () => {
  let server;
  before(async () => {
    server = await startConformance('client');
  });
  after(() => server.stop());

  for (const transport of ['polling', 'websocket'])
    it(`works over ${transport}`, async () => {
      const { stdout } = await promisify(execFile)('/usr/bin/python3', [join(here, 'python_client.py'), server.url, transport], { timeout: 60_000 });
      assert.equal(stdout.trim(), 'ok');
    });
});

describe('socket.io-client 2 with allowEIO3', needsFlag('--allow-eio3'), () => {
  let server;
  before(async () => {
    server = await startConformance('client', ['--allow-eio3', '--ping-interval', '300', '--ping-timeout', '300']);
  });
  after(() => server.stop());

  for (const [name, transports] of [['upgrade', ['polling', 'websocket']], ['polling only', ['polling']], ['WebSocket only', ['websocket']]])
    describe(name, () => {
      const connect = async (namespace = '/', options = {}) => {
        const socket = ioV2(`${server.url}${namespace}`, { transports, forceNew: true, reconnection: false, ...options });
        await nextEvent(socket, 'connect');
        return socket;
      };
      const ask = (socket, ...args) => new Promise((done) => socket.emit(...args, done));

      it('connects without a CONNECT of its own', async () => {
        const socket = await connect();
        assert.ok(socket.connected);
        assert.equal(typeof (await ask(socket, 'getId')), 'string');
        socket.close();
      });

      it('sends and receives every kind of value', async () => {
        const socket = await connect();
        for (const value of [1, 'é€😀', null, true, { a: [1, { b: null }] }, 'x'.repeat(70_000)]) assert.deepEqual(await ask(socket, 'echo', value), value);
        const bytes = Buffer.from([0, 1, 255]);
        const echo = await ask(socket, 'echo', bytes);
        assert.deepEqual(Buffer.from(echo), bytes);
        const [doge] = await (socket.emit('doge'), nextEvent(socket, 'doge'));
        assert.equal(Buffer.from(doge).toString(), 'asdfasdf');
        socket.close();
      });

      it('answers acknowledgements', async () => {
        const socket = await connect();
        socket.on('ack', (done) => done(5, { test: true }));
        const got = nextEvent(socket, 'got it');
        socket.emit('ack');
        await got;
        socket.close();
      });

      it('joins another namespace', async () => {
        const foo = await connect('/foo');
        assert.equal(typeof (await ask(foo, 'getId')), 'string');
        foo.close();
      });

      it('is refused by a middleware', async () => {
        const socket = ioV2(`${server.url}/no`, { transports, forceNew: true, reconnection: false });
        const [error] = await nextEvent(socket, 'error');
        assert.equal(error.message ?? error, 'Auth failed (custom namespace)');
        socket.io.close();
      });

      it('sends its own pings and stays connected', async () => {
        const socket = await connect();
        let pongs = 0;
        socket.on('pong', () => pongs++);
        await eventually(() => pongs >= 4, 'four pongs');
        assert.equal(await ask(socket, 'echo', 'still here'), 'still here');
        socket.close();
      });

      it('leaves a namespace', async () => {
        const socket = await connect();
        socket.disconnect();
        assert.equal(socket.connected, false);
      });
    });

  it('still takes a client of version 4', async () => {
    const socket = io(server.url, { forceNew: true });
    await nextEvent(socket, 'connect');
    assert.equal(await socket.emitWithAck('echo', 1), 1);
    socket.disconnect();
  });
});

describe('socket.io-client 2 without allowEIO3', () => {
  it('is refused', async () => {
    const server = await startConformance('client');
    try {
      for (const transports of [['polling'], ['websocket']]) {
        const socket = ioV2(server.url, { transports, forceNew: true, reconnection: false });
        await nextEvent(socket, 'connect_error');
        socket.close();
      }
    } finally {
      await server.stop();
    }
  });
});
