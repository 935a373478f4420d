// The Node server of the cluster mode: one event, "control", whose operations are done through the server's own API.
import { createAdapter, createShardedAdapter } from '@socket.io/redis-adapter';
import { createClient } from 'redis';
import { Server } from 'socket.io';

const kAckTimeoutMs = 1000;

export async function cluster(http, given, flags) {
  const name = flags['server-name'];
  const requestsTimeout = Number(flags['requests-timeout']);
  const pub = createClient({ url: flags.redis });
  const sub = pub.duplicate();
  for (const client of [pub, sub]) client.on('error', (error) => console.error(`redis: ${error.message}`));
  await Promise.all([pub.connect(), sub.connect()]);
  const sharded = flags.adapter === 'sharded';
  const adapter = sharded
    ? createShardedAdapter(pub, sub, { channelPrefix: flags.key, subscriptionMode: flags['subscription-mode'] })
    : createAdapter(pub, sub, { key: flags.key, requestsTimeout, publishOnSpecificResponseChannel: flags['specific-response'] });
  const io = new Server(http, { cors: { origin: '*' }, adapter, ...given });
  const whoAmI = {
    name, make: 'node', adapter: flags.adapter, mode: sharded ? flags['subscription-mode'] : null, key: flags.key,
    specificResponse: flags['specific-response'], requestsTimeout,
  };
  for (const nsp of [io.of('/'), io.of('/chat')]) {
    listenToServers(nsp, name);
    nsp.on('connection', (socket) =>
      socket.on('control', (message, ack) =>
        control(io, socket, message, whoAmI).then(ack, (error) => ack({ fail: error.message }))));
  }
  return () => io.close(() => Promise.allSettled([pub.quit(), sub.quit()]));
}

const kAnswers = {
  sse: () => {},
  'sse-ack': (ack, name, args) => ack({ server: name, args }),
  'sse-double': (ack, name) => {
    ack(name);
    ack(`${name} again`);
  },
  'sse-void': (ack) => ack(),
  'sse-silent': (ack, name, args) => args[1] === name || ack(name),
};

function listenToServers(nsp, name) {
  for (const [event, answer] of Object.entries(kAnswers))
    nsp.on(event, (...args) => {
      const ack = typeof args.at(-1) === 'function' ? args.pop() : null;
      nsp.local.emit('server-event', args, event, name);
      if (ack) answer(ack, name, args);
    });
}

// The sockets that are meant, and how.
function select(nsp, socket, { rooms = [], except = [], flags = {}, via }) {
  let target = via === 'socket' ? socket.broadcast : nsp.to([]);
  for (const room of rooms) target = target.to(room);
  for (const room of except) target = target.except(room);
  if (flags.local) target = target.local;
  if (flags.volatile) target = target.volatile;
  if (flags.compress === false) target = target.compress(false);
  return target;
}

async function control(io, socket, message, whoAmI) {
  const nsp = message.namespace ? io.of(message.namespace) : socket.nsp;
  const { event, args = [], names = [] } = message;
  const timeout = message.flags?.timeout ?? kAckTimeoutMs;
  const target = () => select(nsp, socket, message);
  const done = () => ({ ok: true });
  switch (message.op) {
    case 'emit':
      return target().emit(event, ...args), done();
    case 'emit-with-ack':
      return new Promise((answer) =>
        target().timeout(timeout).emit(event, ...args, (error, responses) =>
          answer(error ? { error: error.message, responses } : { responses })));
    case 'remote-emit-with-ack': {
      const [remote] = await nsp.in(message.id).fetchSockets();
      if (!remote) return { fail: 'no such socket' };
      return remote.timeout(timeout).emitWithAck(event, ...args).then(
        (response) => ({ response }), (error) => ({ error: error.message }));
    }
    case 'sockets-join':
      return target().socketsJoin(names), done();
    case 'sockets-leave':
      return target().socketsLeave(names), done();
    case 'disconnect-sockets':
      return target().disconnectSockets(message.close), done();
    case 'fetch-sockets':
      return target().fetchSockets().then(
        (sockets) => ({ sockets: sockets.map(({ id, rooms, data, handshake }) => ({ id, rooms: [...rooms], data, handshake })) }),
        (error) => ({ error: error.message }));
    case 'all-rooms':
      return nsp.adapter.allRooms().then((rooms) => ({ rooms: [...rooms] }), (error) => ({ error: error.message }));
    case 'server-side-emit':
      return nsp.serverSideEmit(event, ...args), done();
    case 'server-side-emit-with-ack':
      return new Promise((answer) =>
        nsp.serverSideEmit(event, ...args, (error, responses) =>
          answer(error ? { error: error.message, responses } : { responses })));
    case 'set-data':
      socket.data = message.data;
      return done();
    case 'join':
      for (const name of names) await socket.join(name);
      return { rooms: [...socket.rooms] };
    case 'leave':
      for (const name of names) await socket.leave(name);
      return { rooms: [...socket.rooms] };
    case 'whoami':
      return { ...whoAmI, id: socket.id, rooms: [...socket.rooms] };
    default:
      throw new Error('unknown operation');
  }
}
