// The server half of the document protocol as a small model: one document, one log, any number of servers on it.
//
// It follows the protocol's text rather than any implementation: it is what the client is tested against. Whoever drives it decides
// when a server reads the log, flushes its batch and delivers; faults come in through `Faults`.

import Delta from 'quill-delta';
import { composeAll, decodeChanges, encodeChanges } from '../../src/change.js';
import type { Changes } from '../../src/change.js';
import { decodeContent } from '../../src/content.js';
import type { Content, DocumentType } from '../../src/content.js';

export interface Operation {
  client: string;
  seq: number;
  change: Delta;
}

interface Waiting extends Operation {
  base: number;
}

export type Answer = (payload: Record<string, unknown>) => void;

export interface Connection {
  readonly id: string;
  send(event: string, payload: Record<string, unknown>): void;
}

export interface Faults {
  /** The error code with which a submitted operation is refused, or null. */
  refuse(operation: Operation): string | null;
  /** What a hook of the application makes of an operation. */
  hook(change: Delta): Delta;
  /** Whether an append fails; `silent`: it is done all the same, but nobody learns. */
  append(): 'ok' | 'fails' | 'silent';
}

export const noFaults: Faults = { refuse: () => null, hook: (change) => change, append: () => 'ok' };

/** The log: revisions first+1 … head, and the content at `first`. */
export class ModelLog {
  epoch = 'epoch-1';
  first = 0;
  base: Content;
  revisions: { composed: Delta; operations: Operation[] }[] = [];
  /** Of each client the newest committed operation, also where the log no longer has it. */
  newest = new Map<string, { seq: number; version: number }>();

  constructor(readonly type: DocumentType = 'text') {
    this.base = decodeContent(type, type === 'text' ? '' : []);
  }

  get head(): number {
    return this.first + this.revisions.length;
  }

  get content(): Content {
    return this.revisions.reduce((content, { composed }) => content.apply(composed), this.base);
  }

  slice(from: number, to: number) {
    return this.revisions.slice(from - this.first, to - this.first);
  }

  append(composed: Delta, operations: Operation[]): void {
    this.revisions.push({ composed, operations });
    for (const { client, seq } of operations) this.newest.set(client, { seq, version: this.head });
  }

  /** Forgets the oldest revisions. */
  trim(first: number): void {
    for (const { composed } of this.slice(this.first, first)) this.base = this.base.apply(composed);
    this.revisions = this.revisions.slice(first - this.first);
    this.first = first;
  }

  /** Loses the newest revisions, as a store that was restored from a backup. */
  lose(count: number): Operation[] {
    const lost = this.revisions.splice(this.revisions.length - count, count).flatMap(({ operations }) => operations);
    for (const { client } of lost) this.newest.delete(client);
    this.revisions.forEach(({ operations }, i) =>
      operations.forEach(({ client, seq }) => this.newest.set(client, { seq, version: this.first + i + 1 })),
    );
    this.epoch = `epoch-${Number(this.epoch.slice(6)) + 1}`;
    return lost;
  }
}

interface Member {
  connection: Connection;
  client: string;
  sent: number;
}

export class ModelServer {
  version: number;
  content: Content;
  readonly members = new Map<string, Member>();
  private epoch: string;
  private batch: Waiting[] = [];
  private requests: { connection: Connection; client: string; seq: number; answer: Answer }[] = [];

  constructor(
    readonly log: ModelLog,
    private readonly cluster: ModelServer[],
    private readonly faults: Faults = noFaults,
    private readonly limits: Record<string, number> = {},
  ) {
    this.version = log.head;
    this.content = log.content;
    this.epoch = log.epoch;
  }

  readLog(): void {
    if (this.epoch !== this.log.epoch) return this.reload();
    if (this.version < this.log.first) return this.reload();
    for (const { composed } of this.log.slice(this.version, this.log.head)) this.content = this.content.apply(composed);
    this.version = this.log.head;
  }

  open(connection: Connection, request: { version?: number; epoch?: string; client: string }, answer: Answer): void {
    const { version, epoch, client } = request;
    this.readLog();
    for (const server of this.cluster) server.replaceOthers(client, connection);
    this.members.set(connection.id, { connection, client, sent: this.version });
    const common = { ok: true, document: 'doc', type: this.log.type, epoch: this.epoch, access: 'write', users: [], userCount: 0, limits: this.limits };
    const known = version !== undefined && epoch === this.epoch && version >= this.log.first && version <= this.version;
    if (known && this.ownSince(client, version) < 2) answer({ ...common, ...this.delivery(client, version, this.version) });
    else answer({ ...common, from: this.version, ...this.whole(client) });
  }

  submit(
    connection: Connection,
    request: { client: string; seq: number; version: number; epoch?: string; changes: Changes },
    answer: Answer,
  ): void {
    const { client, seq, version: base } = request;
    const member = this.members.get(connection.id);
    const refuse = (code: string, more = {}) => answer({ ok: false, error: { code, message: code }, ...more });
    if (!member || member.client !== client) return refuse('not-open');
    const refusal = this.faults.refuse({ client, seq, change: new Delta() });
    if (refusal === 'rate-limited') return answer({ ok: false, error: { code: refusal, message: refusal, retryAfter: 5 } });
    if (refusal) return this.answerAll(client, seq, { ok: false, error: { code: refusal, message: refusal } }, answer);
    if (request.epoch !== this.epoch || base < this.log.first) {
      this.readLog();
      member.sent = this.version;
      return refuse('stale', this.whole(client));
    }
    const newest = this.log.newest.get(client);
    if (newest && seq <= newest.seq && newest.version <= this.version) {
      if (seq < newest.seq && !this.inLog(client, seq)) return refuse('invalid-request');
      if (newest.version <= member.sent) return answer({ ok: true, version: newest.version, seq, duplicate: true });
      this.requests.push({ connection, client, seq, answer });
      return;
    }
    if (base > member.sent) throw new Error(`${client}:${seq} is based on ${base}, but was sent ${member.sent}`);
    const waiting = this.batch.find((operation) => operation.client === client);
    if (waiting && waiting.seq !== seq && !this.inLog(client, waiting.seq)) return refuse('invalid-request');
    this.requests.push({ connection, client, seq, answer });
    if (!waiting || waiting.seq !== seq) this.batch.push({ client, seq, base, change: decodeChanges(request.changes) });
  }

  /** Commits the batch as one revision; on a lost race, reads what came in and builds the revision afresh. */
  flush(): void {
    this.batch = this.batch.filter(({ client, seq, base }) => {
      if (base >= this.log.first) return true;
      this.answerAll(client, seq, { ok: false, error: { code: 'unavailable', message: 'fell out of the window', retryAfter: 1 } });
      return false;
    });
    this.readLog();
    let composed = new Delta();
    const operations: Operation[] = [];
    for (const { client, seq, base, change } of this.batch) {
      const newest = this.log.newest.get(client);
      if (newest && newest.seq >= seq) continue;
      const over = composeAll([...this.log.slice(base, this.version).map((revision) => revision.composed), composed]);
      const committed = this.faults.hook(over.transform(change, true));
      operations.push({ client, seq, change: committed });
      composed = composed.compose(committed);
    }
    if (operations.length) {
      const outcome = this.faults.append();
      if (outcome !== 'fails') this.log.append(composed, operations);
      if (outcome !== 'ok') {
        for (const { client, seq } of this.batch) {
          this.answerAll(client, seq, { ok: false, error: { code: 'unavailable', message: 'no append', retryAfter: 3 } });
        }
        this.batch = [];
        return;
      }
    }
    this.batch = [];
    this.readLog();
  }

  /** Brings members up to date; `skip` is asked which are too slow. */
  deliver(skip: () => boolean = () => false): void {
    for (const member of [...this.members.values()]) {
      if (member.sent < this.log.first) this.close(member.connection, 'stale');
      else while (member.sent < this.version && !skip()) this.deliverTo(member);
    }
  }

  close(connection: Connection, reason?: string): void {
    const member = this.members.get(connection.id);
    if (!member) return;
    this.members.delete(connection.id);
    if (!reason) return;
    connection.send('document:closed', { document: 'doc', reason });
    const mine = this.requests.filter((request) => request.connection === connection);
    this.requests = this.requests.filter((request) => request.connection !== connection);
    for (const { answer } of mine) answer({ ok: false, error: { code: 'not-open', message: 'closed' } });
  }

  /** The connection is gone; what has arrived stays. */
  dropped(connection: Connection): void {
    this.members.delete(connection.id);
    this.requests = this.requests.filter((request) => request.connection !== connection);
  }

  private deliverTo(member: Member): void {
    // One own operation a delivery: it ends before the revision that holds the next one.
    const owned: number[] = [];
    for (let v = member.sent; v < this.version; v++) if (this.holdsOwn(member.client, v)) owned.push(v);
    const to = owned.length > 1 ? owned[1]! : this.version;
    const delivery = this.delivery(member.client, member.sent, to);
    member.sent = to;
    if (!('operations' in delivery)) return member.connection.send('update', { type: 'text-change', document: 'doc', ...delivery });
    const isFor = (request: (typeof this.requests)[number]) => request.connection === member.connection && request.seq === delivery.seq;
    const [first, ...others] = this.requests.filter(isFor);
    this.requests = this.requests.filter((request) => !isFor(request));
    if (!first) return member.connection.send('acknowledged', { document: 'doc', ...delivery });
    first.answer({ ok: true, ...delivery });
    for (const { answer, seq } of others) answer({ ok: true, version: to, seq, duplicate: true });
  }

  private delivery(client: string, from: number, to: number): Record<string, unknown> {
    const span = (a: number, b: number) => encodeChanges(composeAll(this.log.slice(a, b).map((revision) => revision.composed)));
    for (let v = from; v < to; v++) {
      const { operations } = this.log.slice(v, v + 1)[0]!;
      const index = operations.findIndex((operation) => operation.client === client);
      if (index < 0) continue;
      const [before, after] = [span(from, v), span(v + 1, to)];
      return {
        from, version: to, seq: operations[index]!.seq, index,
        operations: operations.map((operation) => encodeChanges(operation.change)),
        ...(before.length ? { before } : {}), ...(after.length ? { after } : {}),
      };
    }
    return { from, version: to, changes: span(from, to) };
  }

  private whole(client: string): Record<string, unknown> {
    const newest = this.log.newest.get(client);
    const content = this.log.type === 'text' ? this.content.toString() : encodeChanges(this.content.toDelta());
    return { epoch: this.epoch, version: this.version, type: this.log.type, content, ...(newest ? { seq: newest.seq } : {}) };
  }

  private answerAll(client: string, seq: number, payload: Record<string, unknown>, also?: Answer): void {
    const isFor = (request: (typeof this.requests)[number]) => request.client === client && request.seq === seq;
    const waiting = this.requests.filter(isFor);
    this.requests = this.requests.filter((request) => !isFor(request));
    this.batch = this.batch.filter((operation) => operation.client !== client || operation.seq !== seq);
    for (const { answer } of waiting) answer(payload);
    also?.(payload);
  }

  private holdsOwn(client: string, version: number): boolean {
    return this.log.slice(version, version + 1)[0]!.operations.some((operation) => operation.client === client);
  }

  private ownSince(client: string, version: number): number {
    let count = 0;
    for (let v = version; v < this.version; v++) if (this.holdsOwn(client, v)) count++;
    return count;
  }

  private inLog(client: string, seq: number): boolean {
    return this.log.revisions.some(({ operations }) => operations.some((operation) => operation.client === client && operation.seq === seq));
  }

  private replaceOthers(client: string, connection: Connection): void {
    for (const member of [...this.members.values()]) {
      if (member.client === client && member.connection !== connection) this.close(member.connection, 'replaced');
    }
  }

  // The log is another one, or starts later than what is held.
  private reload(): void {
    this.epoch = this.log.epoch;
    this.version = this.log.head;
    this.content = this.log.content;
    this.batch = [];
    for (const { connection } of [...this.members.values()]) this.close(connection, 'stale');
  }
}
