// Stock socket.io-client connections of a test: made with one set of options, closed together.
import { io } from 'socket.io-client';
import * as msgpack from 'socket.io-msgpack-parser';
import { nextEvent } from '../support/expect.mjs';

export const kTransports = {
  'upgrade': { transports: ['polling', 'websocket'] },
  'polling only': { transports: ['polling'] },
  'WebSocket only': { transports: ['websocket'] },
};

export const kWays = Object.entries(kTransports).flatMap(([name, options]) => [
  { name: `${name}, JSON`, options, flags: [] },
  { name: `${name}, MessagePack`, options: { ...options, parser: msgpack.default ?? msgpack }, flags: ['--parser', 'msgpack'] },
]);

export class Clients {
  #sockets = [];

  constructor(server, options = {}) {
    this.server = server;
    this.options = options;
  }

  // A socket of a connection of its own, not waited for.
  make(namespace = '/', options = {}) {
    const socket = io(`${this.server.url}${namespace}`, { forceNew: true, reconnectionDelay: 10, reconnectionDelayMax: 50, ...this.options, ...options });
    this.#sockets.push(socket);
    return socket;
  }

  async connect(namespace, options) {
    const socket = this.make(namespace, options);
    await nextEvent(socket, 'connect');
    return socket;
  }

  close() {
    for (const socket of this.#sockets.splice(0)) socket.io._close();
  }
}
