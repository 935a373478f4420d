// The client half of the document protocol, written from its text alone as a cross-check of clients/js: one operation
// in flight, one buffer behind it, and the log has the last word. Plain text over a stock socket.io-client.
import { randomUUID } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { within } from './expect.mjs';
import { applyToText, composed, Delta, fromCompact, sameChange, toCompact } from './changes.mjs';

// Emits `remote` (change) for whatever others changed in `text`, `change` after every delivery, `refused` (error, change).
export class SharedText extends EventEmitter {
  seq = 0;
  inFlight = null;
  buffer = null;
  corrections = 0;
  operations = 0;
  // A test may hold deliveries back, as a slow network does: it replaces this, and calls receive() when it likes.
  arrived = (delivery) => this.receive(delivery);

  constructor(socket, document, { client = randomUUID() } = {}) {
    super();
    this.socket = socket;
    this.document = document;
    this.client = client;
    socket.on('update', (delivery) => delivery.document === document && this.arrived(delivery));
    socket.on('acknowledged', (delivery) => delivery.document === document && this.arrived(delivery));
    socket.on('document:closed', (message) => message.document === document && this.emit('closed', message.reason));
  }

  async open(options = {}) {
    const known = this.version === undefined ? {} : { version: this.version, epoch: this.epoch };
    const answer = await this.socket.timeout(10_000).emitWithAck('document:open',
      { document: this.document, client: this.client, create: true, ...known, ...options });
    if (!answer.ok) throw new Error(`document:open: ${JSON.stringify(answer.error)}`);
    this.epoch = answer.epoch;
    if (answer.content === undefined) {
      this.receive(answer);
      if (this.inFlight) this.#send();
    } else {
      if (this.inFlight || this.buffer) throw new Error('content was answered while edits are pending');
      this.version = answer.version;
      this.text = this.committed = answer.content;
    }
    return answer;
  }

  insert(position, text) {
    this.edit(new Delta().retain(position).insert(text));
  }

  delete(position, length) {
    this.edit(new Delta().retain(position).delete(length));
  }

  edit(change) {
    this.text = applyToText(this.text, change);
    if (!this.inFlight) this.#next(change);
    else this.buffer = this.buffer ? this.buffer.compose(change) : change;
  }

  #next(change) {
    this.inFlight = change;
    this.seq++;
    this.operations++;
    this.#send();
  }

  #send() {
    const { document, version, epoch, client, seq } = this;
    this.socket.emit('document:operation', { document, version, epoch, client, seq, changes: toCompact(this.inFlight) }, (answer) => {
      if (!answer.ok) this.emit('refused', answer.error, this.inFlight);
      else if (!answer.duplicate) this.arrived(answer);
    });
  }

  receive(delivery) {
    if (delivery.version <= this.version && delivery.operations === undefined) return;
    if (delivery.from !== this.version) throw new Error(`a delivery from ${delivery.from} at version ${this.version}`);
    if (delivery.operations) this.#acknowledge(delivery);
    else this.#applyRemote(fromCompact(delivery.changes));
    this.version = delivery.version;
    if (!this.inFlight && this.buffer) {
      const change = this.buffer;
      this.buffer = null;
      this.#next(change);
    }
    this.emit('change', delivery);
  }

  #acknowledge({ seq, before = [], operations, index, after = [] }) {
    if (!this.inFlight || seq !== this.seq) throw new Error(`acknowledged ${seq}, in flight ${this.inFlight ? this.seq : 'nothing'}`);
    const changes = operations.map(fromCompact);
    this.#applyRemote(fromCompact(before).compose(composed(changes.slice(0, index))));
    const guess = this.inFlight;
    this.inFlight = null;
    if (!sameChange(guess, changes[index])) {
      this.corrections++;
      const undo = guess.invert(new Delta().insert(this.committed));
      this.#rebaseBuffer(undo.compose(changes[index]));
    }
    this.committed = applyToText(this.committed, changes[index]);
    this.#applyRemote(composed(changes.slice(index + 1)).compose(fromCompact(after)));
  }

  // What is in the log stands to the left of what is pending.
  #applyRemote(remote) {
    if (remote.ops.length === 0) return;
    this.committed = applyToText(this.committed, remote);
    if (this.inFlight) {
      const rebased = this.inFlight.transform(remote, false);
      this.inFlight = remote.transform(this.inFlight, true);
      remote = rebased;
    }
    this.#rebaseBuffer(remote);
  }

  #rebaseBuffer(remote) {
    if (this.buffer) {
      const rebased = this.buffer.transform(remote, false);
      this.buffer = remote.transform(this.buffer, true);
      remote = rebased;
    }
    this.text = applyToText(this.text, remote);
    this.emit('remote', remote);
  }

  get isSettled() {
    return !this.inFlight && !this.buffer;
  }

  // Until `condition()` holds, tested after every delivery.
  until(condition, what, milliseconds = 10_000) {
    let check;
    const held = new Promise((done) => {
      check = () => condition() && done();
      this.on('change', check);
      check();
    });
    return within(milliseconds, held, what).finally(() => this.off('change', check));
  }

  settled(milliseconds) {
    return this.until(() => this.isSettled, 'every edit to be acknowledged', milliseconds);
  }

  async reached(version, milliseconds) {
    await this.until(() => this.version >= version, `version ${version}`, milliseconds);
  }

  async close() {
    await this.socket.timeout(10_000).emitWithAck('document:close', { document: this.document });
  }
}
