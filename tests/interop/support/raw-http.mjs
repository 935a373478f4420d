// HTTP/1.1 over a bare TCP connection: what goes out is what the test wrote, and the answer is kept byte by byte.
import { connect } from 'node:net';
import { kWaitMs, within } from './expect.mjs';

export class RawConnection {
  bytes = Buffer.alloc(0);
  closed = false;
  #waiting = new Set();

  static async open(port) {
    const connection = new RawConnection();
    connection.socket = connect({ port, host: '127.0.0.1' });
    connection.socket.setNoDelay(true);
    connection.socket.on('data', (chunk) => {
      connection.bytes = Buffer.concat([connection.bytes, chunk]);
      connection.#wake();
    });
    connection.socket.on('error', () => {});
    connection.socket.on('close', () => {
      connection.closed = true;
      connection.#wake();
    });
    await within(kWaitMs, new Promise((done, fail) => connection.socket.once('connect', done).once('error', fail)), 'a TCP connection');
    return connection;
  }

  #wake() {
    for (const check of this.#waiting) check();
  }

  send(data) {
    this.socket.write(typeof data === 'string' ? Buffer.from(data, 'latin1') : data);
  }

  // Until `condition()` is not undefined, tested whenever something arrives.
  when(condition, what, milliseconds = kWaitMs) {
    let check;
    const held = new Promise((done, fail) => {
      check = () => {
        try {
          const result = condition();
          if (result !== undefined) done(result);
        } catch (error) {
          fail(error);
        }
      };
      this.#waiting.add(check);
      check();
    });
    return within(milliseconds, held, what).finally(() => this.#waiting.delete(check));
  }

  // Takes the next complete answer off the connection.
  async response({ head = false } = {}) {
    return this.when(() => {
      const parsed = parseResponse(this.bytes, this.closed, head);
      if (!parsed) {
        if (this.closed) throw new Error(`closed without a complete answer: ${JSON.stringify(this.bytes.toString('latin1'))}`);
        return undefined;
      }
      this.bytes = this.bytes.subarray(parsed.length);
      return parsed;
    }, 'an HTTP answer');
  }

  whenClosed(milliseconds = kWaitMs) {
    return this.when(() => (this.closed ? true : undefined), 'the TCP connection to be closed', milliseconds);
  }

  destroy() {
    this.socket.destroy();
  }
}

// One answer at the front of `bytes`: {status, reason, headers, body, length}; undefined while it is incomplete.
export function parseResponse(bytes, closed = false, head = false) {
  const end = bytes.indexOf('\r\n\r\n');
  if (end < 0) return undefined;
  const [statusLine, ...lines] = bytes.subarray(0, end).toString('latin1').split('\r\n');
  const [, status, reason] = /^HTTP\/1\.[01] (\d{3}) ?(.*)$/.exec(statusLine) ?? [];
  if (!status) throw new Error(`not an HTTP answer: ${statusLine}`);
  const headers = {};
  for (const line of lines) {
    const colon = line.indexOf(':');
    headers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim();
  }
  const answer = { status: Number(status), reason, headers };
  const start = end + 4;
  if (head || status === '101' || status === '204' || status === '304') return { ...answer, body: Buffer.alloc(0), length: start };
  if (headers['transfer-encoding'] === 'chunked') {
    const chunked = parseChunks(bytes, start);
    return chunked && { ...answer, ...chunked };
  }
  if (headers['content-length'] !== undefined) {
    const length = start + Number(headers['content-length']);
    return bytes.length < length ? undefined : { ...answer, body: bytes.subarray(start, length), length };
  }
  return closed ? { ...answer, body: bytes.subarray(start), length: bytes.length } : undefined;
}

function parseChunks(bytes, position) {
  const parts = [];
  for (;;) {
    const lineEnd = bytes.indexOf('\r\n', position);
    if (lineEnd < 0) return undefined;
    const size = Number.parseInt(bytes.subarray(position, lineEnd).toString('latin1'), 16);
    const start = lineEnd + 2;
    if (bytes.length < start + size + 2) return undefined;
    if (size === 0) return { body: Buffer.concat(parts), length: start + 2 };
    parts.push(bytes.subarray(start, start + size));
    position = start + size + 2;
  }
}

// One request on a connection of its own.
export async function exchange(port, request, options) {
  const connection = await RawConnection.open(port);
  try {
    connection.send(request);
    return await connection.response(options);
  } finally {
    connection.destroy();
  }
}
