// A live Engine.IO session for a replay: what arrives on either transport comes out as one stream of packets.
import { Socket, Polling } from '../support/engine.mjs';
import { eventually, kWaitMs } from '../support/expect.mjs';

const kNoop = '6';
const kClose = '1';

export class ReplaySession {
  received = [];
  closed = false;
  #taken = 0;

  static async polling(server, path) {
    const session = new ReplaySession();
    session.server = server;
    session.path = path;
    session.poll = await Polling.open(server, path);
    session.opened = `0${JSON.stringify(session.poll.handshake)}`;
    session.polling = session.#pollLoop();
    return session;
  }

  static async webSocket(server, path) {
    const session = new ReplaySession();
    session.socket = await Socket.open(server, path);
    session.opened = await session.socket.next();
    session.#readSocket();
    return session;
  }

  // Holds a GET until the session ends or moves to the WebSocket.
  async #pollLoop() {
    while (!this.upgrading) {
      let response;
      try {
        response = await this.poll.fetch({ signal: AbortSignal.timeout(2 * kWaitMs) });
      } catch {
        break; // cut by a server that shuts down
      }
      if (response.status !== 200) break;
      for (const packet of (await response.text()).split('\x1e')) {
        if (packet === '2') await this.poll.post('3');
        else if (packet === kClose) this.closed = true;
        else if (packet !== kNoop) this.received.push(packet);
      }
      if (this.closed) break;
    }
    if (!this.upgrading) this.closed = true;
  }

  #readSocket() {
    let taken = this.socket.received.length;
    const ws = this.socket.ws;
    const pass = () => {
      for (; taken < this.socket.received.length; taken++) this.received.push(this.socket.received[taken]);
    };
    ws.on('message', pass);
    ws.on('close', () => {
      pass();
      this.closed = true;
    });
  }

  async probe() {
    this.socket = await Socket.open(this.server, this.path, { query: `&sid=${this.poll.sid}` });
  }

  // The messages of an upgrade are awaited one by one; every other one goes out as it is.
  async send(message) {
    if (message === '2probe') {
      this.socket.send(message);
      const answer = await this.socket.next();
      if (answer !== '3probe') throw new Error(`the probe was answered ${answer}`);
      return;
    }
    if (message === '5') {
      this.upgrading = true;
      await this.polling;
      this.#readSocket();
    }
    this.socket.send(message);
  }

  async post(body) {
    const response = await this.poll.fetch({ method: 'POST', body });
    return { status: response.status, body: await response.text() };
  }

  // The next packet; what followed it stays.
  async next() {
    await eventually(() => this.received.length > this.#taken || this.closed, 'a packet');
    if (this.received.length === this.#taken) throw new Error('the session ended instead of a packet');
    return this.received[this.#taken++];
  }

  get rest() {
    return this.received.slice(this.#taken);
  }

  whenClosed() {
    return eventually(() => this.closed, 'the session to end');
  }

  close() {
    this.socket?.ws.close();
  }
}
