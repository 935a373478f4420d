// The stock engine.io-client against the echoing mode.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Socket as EngineSocket } from 'engine.io-client';
import { eventually, nextEvent } from '../support/expect.mjs';
import { startConformance } from '../support/server.mjs';
import { kTransports } from './stock.mjs';

let server;
before(async () => {
  server = await startConformance('engineio', ['--ping-timeout', '5000']); // a busy machine may answer late
});
after(() => server.stop());

for (const [name, options] of Object.entries(kTransports))
  describe(`engine.io-client, ${name}`, () => {
    const connect = async (more = {}) => {
      const socket = new EngineSocket(server.url, { path: '/engine.io/', ...options, ...more });
      socket.received = [];
      socket.on('message', (data) => socket.received.push(typeof (data ?? '') === 'string' ? data ?? '' : Buffer.from(data)));
      await nextEvent(socket, 'open');
      return socket;
    };
    const echoed = async (socket, messages) => {
      const from = socket.received.length;
      messages.forEach((message) => socket.send(message));
      await eventually(() => socket.received.length >= from + messages.length, 'the echo');
      assert.deepEqual(socket.received.slice(from), messages);
    };

    it('sends and receives text and binary in order', async () => {
      const socket = await connect();
      await echoed(socket, ['a', 'é€😀', '', Buffer.from([1, 2, 3]), 'b\x1ec', 'x'.repeat(50_000), Buffer.alloc(50_000, 3)].filter(
        (message) => options.transports[0] === 'websocket' || !String(message).includes('\x1e')));
      socket.close();
    });

    it('sends a thousand messages over a change of transport', async () => {
      const socket = await connect();
      await echoed(socket, Array.from({ length: 1000 }, (_, i) => `message ${i}`));
      if (options.transports.length === 2) {
        await eventually(() => socket.transport.name === 'websocket', 'the upgrade');
        await echoed(socket, ['after', Buffer.from([9])]);
      }
      socket.close();
    });

    it('lives on over many heartbeats', async () => {
      const socket = await connect();
      let pings = 0;
      socket.on('ping', () => pings++);
      await eventually(() => pings >= 4, 'four pings');
      await echoed(socket, ['still here']);
      socket.close();
    });

    it('splits its payloads by maxPayload', async () => {
      const socket = await connect();
      await echoed(socket, Array.from({ length: 8 }, (_, i) => String(i).repeat(300_000)));
      socket.close();
    });

    it('closes cleanly', async () => {
      const socket = await connect();
      const closed = nextEvent(socket, 'close');
      socket.close();
      assert.equal((await closed)[0], 'forced close');
    });
  });
