// One function a mode: attaches its server to `http`, answers what closes it.
import { attach } from 'engine.io';
import { Server } from 'socket.io';
import { WebSocketServer } from 'ws';

export { cluster } from './cluster.mjs';

const report = (record) => console.log(JSON.stringify(record));

// Every message comes back, on the transport the session has; how each session ended is printed.
export function engineio(http, given) {
  const server = attach(http, {
    path: '/engine.io/',
    pingInterval: 300,
    pingTimeout: 200,
    maxHttpBufferSize: 1_000_000,
    cors: { origin: '*' },
    allowRequest: (request, decide) =>
      request.headers['x-deny'] ? decide('go away', false) : decide(null, true),
    ...given,
  });
  server.on('connection', (socket) => {
    socket.on('message', (data) => socket.send(data));
    socket.on('close', (reason) => report({ closed: reason }));
  });
  return () => server.close();
}

export function socketio(http, given) {
  const io = new Server(http, {
    pingInterval: 300,
    pingTimeout: 200,
    maxHttpBufferSize: 1_000_000,
    connectTimeout: 1000,
    cors: { origin: '*' },
    ...given,
  });
  io.on('connection', (socket) => {
    socket.emit('auth', socket.handshake.auth);
    socket.on('message', (...args) => socket.emit('message-back', ...args));
    socket.on('message-with-ack', (...args) => {
      const ack = args.pop();
      ack(...args);
    });
  });
  io.of('/custom').on('connection', (socket) => socket.emit('auth', socket.handshake.auth));
  return () => io.close();
}

// The test server of the stock client's own suite.
export function client(http, given) {
  const io = new Server(http, {
    pingInterval: 2000,
    connectionStateRecovery: {},
    allowRequest: (_, decide) => setTimeout(() => decide(null, true), 10),
    ...given,
  });
  for (const name of ['/foo', '/timeout_socket', '/valid', '/asd'])
    io.of(name).on('connection', (socket) => socket.on('getId', (ack) => ack(socket.id)));
  io.of('/abc').on('connection', (socket) => socket.emit('handshake', socket.handshake));
  io.of('/no').use((_, next) => next(new Error('Auth failed (custom namespace)')));
  io.use((socket, next) =>
    next('fail' in socket.handshake.query ? new Error('Auth failed (main namespace)') : undefined));
  io.on('connection', clientHandlers);
  return () => io.close();
}

function clientHandlers(socket) {
  const bytes = Buffer.from('asdfasdf', 'utf8');
  socket.on('hi', () => socket.emit('hi'));
  socket.on('echo', (value, ack) => ack(value));
  socket.on('ack', () => socket.emit('ack', (number, object) => {
    if (number === 5 && object?.test) socket.emit('got it');
  }));
  socket.on('getAckDate', (_, ack) => ack(new Date()));
  socket.on('getDate', () => socket.emit('takeDate', new Date()));
  socket.on('getDateObj', () => socket.emit('takeDateObj', { date: new Date() }));
  socket.on('getUtf8', () => {
    for (const text of ['てすと', 'Я Б Г Д Ж Й', 'Ä ä Ü ü ß', 'utf8 — string', 'utf8 — string']) socket.emit('takeUtf8', text);
  });
  socket.on('false', () => socket.emit('false', false));
  socket.on('doge', () => socket.emit('doge', bytes));
  socket.on('getbin', () => socket.emit('takebin', bytes));
  socket.on('buffa', (value) => Buffer.isBuffer(value) && socket.emit('buffack'));
  for (const name of ['jsonbuff', 'jsonblob'])
    socket.on(name, (value) => {
      if (value.hello === 'lol' && Buffer.isBuffer(value.message) && value.goodbye === 'gotcha') socket.emit(`${name}-ack`);
    });
  inOrder(socket, ['abuff1', 'abuff2'], 'abuff2-ack');
  inOrder(socket, ['blob1', 'blob2', 'blob3'], 'blob3-ack');
  socket.on('blob', () => socket.emit('back'));
  socket.on('getHandshake', (ack) => ack(socket.handshake));
  socket.on('getId', (ack) => ack(socket.id));
}

// Answers `answer` once the events came in exactly this order.
function inOrder(socket, events, answer) {
  let seen = 0;
  events.forEach((name, index) => socket.on(name, () => {
    if (index === seen) seen++;
    if (seen === events.length) socket.emit(answer);
  }));
}

export function ws_echo(http) {
  const server = new WebSocketServer({ server: http, perMessageDeflate: false });
  server.on('connection', (socket) => socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary })));
  return () => server.close();
}

// The server of the 29 captured steps (tests/vectors/protocol/{ws,polling,upgrade}-*.json), read out of them.
export function scenario(http, given) {
  const io = new Server(http, given);
  const handlers = (socket) => {
    socket.on('echo', (...args) => socket.emit('echo-back', ...args));
    socket.on('hello', (...args) => {
      const ack = args.pop();
      ack(...args);
    });
    socket.on('askme', () => socket.emit('question', 'q', (...args) => socket.emit('answered', ...args)));
    socket.on('askbin', () => socket.emit('questionbin', Buffer.from([9, 8, 7]), (...args) => socket.emit('answered', ...args)));
    socket.on('bcast', () => io.emit('to-all', { a: 1 }, Buffer.from([1, 2])));
    socket.on('vol', () => socket.volatile.emit('volatile-ev', 1));
    socket.on('kickme', () => socket.disconnect());
    socket.on('kickall', () => socket.disconnect(true));
    socket.on('disconnect', (reason) => report({ nsp: socket.nsp.name, disconnect: reason }));
  };
  io.use((socket, next) => {
    const { token } = socket.handshake.auth;
    if (token === 'bad') next(Object.assign(new Error('not authorized'), { data: { code: 'E_AUTH', retry: false } }));
    else next(token === 'plainerr' ? new Error('nope') : undefined);
  });
  for (const name of ['/', '/admin', /^\/dyn-\d+$/]) io.of(name).on('connection', handlers);
  return () => io.close();
}

// The server of edge-cases-ws.json: defaults, namespaces / and /custom; prints what each socket saw.
export function edge_cases(http, given) {
  const io = new Server(http, given);
  const handlers = (socket) => {
    socket.onAny((...args) => report({ event: args.map((arg) => (typeof arg === 'function' ? '<ack>' : arg)) }));
    socket.on('hello', (...args) => {
      const ack = args.pop();
      ack('r1');
      ack('r2');
    });
    socket.on('error', (error) => error instanceof Error && report({ error: error.message })); // an event may be named error
    socket.on('disconnect', (reason) => report({ disconnect: reason }));
  };
  io.on('connection', handlers);
  io.of('/custom').on('connection', handlers);
  return () => io.close();
}

// What connection-state-recovery.json shows: a socket that is told `first`, joins a room and keeps data;
// `emit-missed` from another connection sends what a dropped client has to get afterwards, and what it must not get.
export function recovery(http, given) {
  const io = new Server(http, { connectionStateRecovery: {}, ...given });
  io.on('connection', (socket) => {
    report({ connection: socket.id, recovered: socket.recovered, rooms: socket.rooms.size, data: socket.data });
    socket.on('prepare', (ack) => {
      socket.data.user = 'bob';
      socket.join('room1');
      socket.emit('first', 1);
      ack();
    });
    socket.on('emit-missed', (ack) => {
      socket.broadcast.emit('missed-all', 2);
      io.to('room1').emit('missed-room', { x: 1 });
      io.to('room1').emit('missed-binary', Buffer.from([1, 2]));
      io.to('other').emit('not-for-us', 1);
      io.except('room1').emit('excluded', 1);
      io.volatile.emit('volatile-lost', 1);
      io.to('room1').timeout(50).emit('with-ack-lost', 1, () => {});
      ack();
    });
    socket.on('disconnect', (reason) => report({ disconnect: reason }));
  });
  return () => io.close();
}

// The bench mode: join, pub, echo.
export function bench(http, given) {
  const io = new Server(http, { pingInterval: 25_000, pingTimeout: 60_000, ...given });
  io.on('connection', (socket) => {
    let room;
    socket.on('join', (name, ack) => {
      room = name;
      socket.join(name);
      ack();
    });
    socket.on('pub', (payload) => io.to(room).emit('msg', payload));
    socket.on('echo', (payload, ack) => ack(payload));
  });
  return () => io.close();
}
export { documents } from './documents.mjs';

// The bench mode on `ws` alone: Socket.IO packets put together by hand, as little as a Node server can do.
export function bench_ws(http) {
  const server = new WebSocketServer({ server: http, perMessageDeflate: false });
  server.on('connection', (socket) => {
    socket.send('0{"sid":"AAAAAAAAAAAAAAAAAAAA","upgrades":[],"pingInterval":25000,"pingTimeout":60000,"maxPayload":1000000}');
    socket.on('message', (data) => {
      const text = data.toString();
      if (text.startsWith('40')) return socket.send('40{"sid":"AAAAAAAAAAAAAAAAAAAA"}');
      const [, id, json] = /^42(\d*)(.*)$/s.exec(text) ?? [];
      if (json === undefined) return undefined;
      const [event, payload] = JSON.parse(json);
      if (event === 'join') return socket.send(`43${id}[]`);
      if (event === 'echo') return socket.send(`43${id}${JSON.stringify([payload])}`);
      const packet = `42${JSON.stringify(['msg', payload])}`;
      for (const client of server.clients) client.send(packet);
      return undefined;
    });
  });
  return () => server.close();
}
