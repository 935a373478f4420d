// A small document server on the Node socket.io server, written from the protocol's text: enough of it (open, operation,
// update, close) to check the client half and the replays of the tests. In memory, one revision an operation.
import { randomUUID } from 'node:crypto';
import { Server } from 'socket.io';
import { applyToText, composed, fromCompact, toCompact } from '../support/changes.mjs';

class Document {
  epoch = randomUUID();
  content = '';
  log = []; // {client, seq, change}
  members = new Map(); // socket -> {client, sent}

  get version() {
    return this.log.length;
  }

  delivery(client, from) {
    const own = this.log.findIndex((entry, index) => index >= from && entry.client === client);
    const span = (start, end) => composed(this.log.slice(start, end).map(({ change }) => change));
    if (own < 0) return { from, version: this.version, changes: toCompact(span(from, this.version)) };
    const delivery = { from, version: this.version, seq: this.log[own].seq, operations: [toCompact(this.log[own].change)], index: 0 };
    if (own > from) delivery.before = toCompact(span(from, own));
    if (own + 1 < this.version) delivery.after = toCompact(span(own + 1, this.version));
    return delivery;
  }

  commit({ client, seq, version, changes }) {
    if (this.log.some((entry) => entry.client === client && entry.seq === seq)) return false;
    let change = fromCompact(changes);
    for (const entry of this.log.slice(version)) change = entry.change.transform(change, true);
    this.content = applyToText(this.content, change);
    this.log.push({ client, seq, change });
    return true;
  }
}

export function documents(http, given) {
  const io = new Server(http, given);
  const all = new Map();
  const find = (id) => all.get(id) ?? all.set(id, new Document()).get(id);

  io.on('connection', (socket) => {
    socket.on('document:open', ({ document: id, client, version }, ack) => {
      const document = find(id);
      document.members.set(socket, { client, sent: document.version });
      const answer = { ok: true, document: id, type: 'text', epoch: document.epoch, from: document.version, version: document.version, access: 'write' };
      ack(version === undefined ? { ...answer, content: document.content } : { ...answer, ...document.delivery(client, version) });
    });
    socket.on('document:operation', (request, ack) => {
      const document = find(request.document);
      if (!document.commit(request)) return ack({ ok: true, version: document.version, seq: request.seq, duplicate: true });
      for (const [member, state] of document.members) {
        const delivery = document.delivery(state.client, state.sent);
        state.sent = document.version;
        if (member === socket) ack({ ok: true, ...delivery });
        else if (delivery.operations) member.emit('acknowledged', { document: request.document, ...delivery });
        else member.emit('update', { type: 'text-change', document: request.document, ...delivery });
      }
    });
    const leave = () => all.forEach((document) => document.members.delete(socket));
    socket.on('document:close', (_, ack) => {
      leave();
      ack({ ok: true });
    });
    socket.on('disconnect', leave);
  });
  return () => io.close();
}
