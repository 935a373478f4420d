// Engine.IO sessions spoken by hand: polling with fetch, WebSocket with ws.
import assert from 'node:assert/strict';
import { WebSocket } from 'ws';
import { eventually, kWaitMs, within } from './expect.mjs';

export function pollingUrl(server, path, sid, extra = '') {
  return `${server.url}${path}?EIO=4&transport=polling${sid ? `&sid=${sid}` : ''}${extra}`;
}

// A long-polling session: `get` fetches what is buffered, `post` sends a body.
export class Polling {
  constructor(server, path) {
    this.server = server;
    this.path = path;
  }

  static async open(server, path) {
    const session = new Polling(server, path);
    const response = await fetch(pollingUrl(server, path), { signal: AbortSignal.timeout(kWaitMs) });
    assert.equal(response.status, 200);
    const body = await response.text();
    assert.equal(body[0], '0');
    session.handshake = JSON.parse(body.slice(1));
    session.sid = session.handshake.sid;
    return session;
  }

  get url() {
    return pollingUrl(this.server, this.path, this.sid);
  }

  fetch(options = {}) {
    return fetch(this.url, { signal: AbortSignal.timeout(kWaitMs), ...options });
  }

  async get() {
    const response = await this.fetch();
    assert.equal(response.status, 200, `GET: ${response.status}`);
    return response.text();
  }

  async post(body) {
    const response = await this.fetch({ method: 'POST', body });
    assert.equal(response.status, 200, `POST: ${response.status}`);
    assert.equal(await response.text(), 'ok');
  }

  // Packets of one or more GETs until `count` came in; pings are answered and left out.
  async packets(count) {
    const packets = [];
    while (packets.length < count) {
      for (const packet of (await this.get()).split('\x1e')) {
        if (packet === '2') await this.post('3');
        else packets.push(packet);
      }
    }
    return packets;
  }
}

// A WebSocket that keeps everything it received: text as strings, binary as Buffers. Pings are answered and left out.
export class Socket {
  received = [];
  closed = undefined;
  #taken = 0;

  constructor(url, options = {}) {
    const { answerPings = true, ...rest } = options;
    this.ws = new WebSocket(url, rest);
    this.ws.binaryType = 'nodebuffer';
    this.ws.on('message', (data, isBinary) => {
      const message = isBinary ? data : data.toString();
      if (message === '2' && answerPings) this.ws.send('3');
      else this.received.push(message);
    });
    this.opened = new Promise((done, fail) => {
      this.ws.once('open', done);
      this.ws.once('error', fail);
    });
    this.opened.catch(() => {});
    this.ws.on('error', (error) => {
      this.error = error;
    });
    this.ws.once('close', (code, reason) => {
      this.closed = { code, reason: reason.toString() };
    });
  }

  static async open(server, path, options = {}) {
    const { query = '', ...rest } = options;
    const socket = new Socket(`${server.webSocketUrl}${path}?EIO=4&transport=websocket${query}`, rest);
    await within(kWaitMs, socket.opened, 'a WebSocket to open');
    return socket;
  }

  // As `open`, past the Engine.IO open packet.
  static async session(server, path, options = {}) {
    const socket = await Socket.open(server, path, options);
    const open = await socket.next();
    assert.equal(open[0], '0');
    socket.handshake = JSON.parse(open.slice(1));
    return socket;
  }

  // As `session`, connected to a Socket.IO namespace; answers the payload of the CONNECT answer.
  static async connected(server, path, connect = '40', options = {}) {
    const socket = await Socket.session(server, path, options);
    socket.send(connect);
    const answer = await socket.next();
    assert.ok(answer.startsWith('40'), `CONNECT was answered ${answer}`);
    socket.connect = JSON.parse(answer.slice(answer.indexOf('{')));
    return socket;
  }

  send(message) {
    this.ws.send(message);
  }

  async next(milliseconds = kWaitMs) {
    await eventually(() => this.received.length > this.#taken || this.closed, 'a message', milliseconds);
    if (this.received.length === this.#taken)
      throw new Error(`closed (${this.closed.code}) instead of a message`);
    return this.received[this.#taken++];
  }

  async take(count) {
    const messages = [];
    while (messages.length < count) messages.push(await this.next());
    return messages;
  }

  whenClosed(milliseconds = kWaitMs) {
    return eventually(() => this.closed, 'the WebSocket to be closed', milliseconds);
  }

  close() {
    this.ws.terminate();
  }
}
