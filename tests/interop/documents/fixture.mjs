// A `tutti serve` with a data directory of its own, and stock clients of it; everything goes when the test file ends.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { io } from 'socket.io-client';
import { nextEvent } from '../support/expect.mjs';
import { peerIsReference, startReference, startTutti } from '../support/server.mjs';
import { SharedText } from '../support/shared-text.mjs';

export class Fixture {
  #sockets = [];
  #names = 0;

  static async start(options = {}) {
    const fixture = new Fixture();
    fixture.data = await mkdtemp(join(tmpdir(), 'tutti-interop-'));
    await fixture.restart(options);
    return fixture;
  }

  // Starts the server on the same data; at the old address unless it is the first time.
  async restart({ durability = 'normal', flags = [], env = {} } = {}) {
    const port = this.server?.port ?? 0;
    this.server = peerIsReference
      ? await startReference('documents')
      : await startTutti({ data: this.data, port, env, flags: ['--durability', durability, ...flags] });
  }

  get url() {
    return this.server.url;
  }

  // A name that no other test of this server uses.
  name(prefix = 'document') {
    return `${prefix}-${++this.#names}`;
  }

  make(options = {}) {
    const socket = io(this.url, { forceNew: true, transports: ['websocket'], reconnection: false, ...options });
    this.#sockets.push(socket);
    return socket;
  }

  async connect(options) {
    const socket = this.make(options);
    await nextEvent(socket, 'connect', 10_000);
    return socket;
  }

  // A stock client with the document open.
  async open(document, { socket, client, ...options } = {}) {
    const shared = new SharedText(socket ?? (await this.connect()), document, { client });
    shared.opened = await shared.open(options);
    return shared;
  }

  // What the server holds now, seen by a client that comes from nowhere.
  async textOf(document) {
    const shared = await this.open(document);
    shared.socket.disconnect();
    return shared.text;
  }

  closeClients() {
    for (const socket of this.#sockets.splice(0)) socket.disconnect();
  }

  async stop() {
    this.closeClients();
    try {
      await this.server.stop();
    } finally {
      await rm(this.data, { recursive: true, force: true });
    }
  }
}
