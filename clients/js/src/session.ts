// The client half of the document protocol for one document: a state machine without socket, clock or chance of its own.
//
// phase: offline -> opening -> open -> (offline | closed). It emits nothing unless it is connected and open. One operation is in flight,
// the rest is buffered by the replica. A delivery is taken only if it starts at the version held; after a gap the document is opened
// again with that version, and so it is after every connect.

import Delta from 'quill-delta';
import { Backoff } from './backoff.js';
import { composeAll, decodeChanges, encodeChanges } from './change.js';
import { checkedChange, decodeContent } from './content.js';
import type { Content, DocumentType } from './content.js';
import { isTemporary, TuttiError } from './errors.js';
import type {
  Access, ClosedReason, Limits, OpenAnswer, OpenRequest, Opened, OperationAnswer, Profile,
  Refusal, WireAcknowledgement, WireContent, WireUpdate,
} from './protocol.js';
import { Replica } from './replica.js';

/** A connection that is up. Answers come in order with what else the server sends, and not after the connection is lost. */
export interface Link {
  request(event: string, payload: object, answer: (answer: unknown) => void): void;
  notify(event: string, payload: object): void;
  /** The server no longer accepts who we are: get a new token and connect again. */
  reauthenticate(): void;
}

export interface Timers {
  /** Calls `run` once after `ms`, unless the returned function is called before. */
  after(ms: number, run: () => void): () => void;
  random(): number;
}

export interface SessionOptions {
  document: string;
  client: string;
  type?: DocumentType;
  create?: boolean;
  profile?: Profile;
}

export type Phase = 'offline' | 'opening' | 'open' | 'closed';
/** Why a document is closed: the server's reasons, the refusal of an open, or the application's own `close()`. */
export type CloseReason = ClosedReason | 'closed' | (string & {});

/** How a change came about. `correction`: others' changes and, with them, a difference between an own operation and what was committed. */
export type Origin = 'local' | 'remote' | 'correction' | 'refused';

export interface SessionListener {
  changed(change: Delta, before: Content, origin: Origin, by?: string): void;
  /** The document was opened, for the first time or again; the replica is up to date. */
  opened(answer: Opened): void;
  refused(error: TuttiError, seq: number): void;
  closed(reason: CloseReason, error?: TuttiError): void;
  /** The phase, or the number of pending edits, has changed. */
  progressed(): void;
}

const kRetryDelays = { min: 250, max: 10_000 };
/** A request that is unanswered for so long, on a connection that is up, is made again. */
const kAnswerTimeoutMs = 30_000;

export class Session {
  phase: Phase = 'offline';
  replica: Replica | null = null;
  type: DocumentType | undefined;
  version = 0;
  epoch = '';
  access: Access = 'write';
  limits: Limits = {};
  seq = 0;

  private link: Link | null = null;
  private membership = 0; // counts the opens; what was asked before the last one is out of date
  private sent = false; // the operation in flight was submitted in this membership and is unanswered
  private cancelRetry: (() => void) | null = null;
  private cancelTimeout: (() => void) | null = null;
  private toldProfile: Profile | undefined;
  private reopens = 0; // in a row, without a delivery in between
  private readonly backoff: Backoff;

  constructor(
    readonly options: SessionOptions,
    private readonly timers: Timers,
    private readonly listener: SessionListener,
  ) {
    this.backoff = new Backoff(kRetryDelays, () => timers.random());
  }

  connected(link: Link): void {
    this.link = link;
    this.reopens = 0;
    this.backoff.reset();
    if (this.phase !== 'closed') this.open();
  }

  disconnected(): void {
    this.link = null;
    this.sent = false;
    this.stopTimers();
    if (this.phase === 'closed') return;
    this.phase = 'offline';
    this.listener.progressed();
  }

  /** The edit as it may be made. Throws TuttiError if it cannot. */
  check(change: Delta): Delta {
    if (!this.replica) throw new TuttiError('not-open', 'the document is not loaded yet');
    if (this.phase === 'closed') throw new TuttiError('not-open', 'the document is closed');
    if (this.access === 'read') throw new TuttiError('forbidden', 'the document is open for reading only');
    return checkedChange(this.replica.content, change);
  }

  /** An edit of the user; throws as `check` does, and then nothing has changed. */
  edit(change: Delta): Delta {
    const checked = this.check(change);
    if (checked.ops.length === 0) return checked;
    const before = this.replica!.content;
    this.replica!.edit(checked);
    this.listener.changed(checked, before, 'local');
    this.pump();
    this.listener.progressed();
    return checked;
  }

  /** Leaves the document; what is pending stays in the replica and goes out if it is opened again. */
  close(): void {
    if (this.phase !== 'closed') this.leave('closed');
  }

  /** Opens it again after it was closed, for whatever reason. */
  reopen(): void {
    if (this.phase !== 'closed') return;
    this.phase = 'offline';
    if (this.link) this.open();
    else this.listener.progressed();
  }

  /** Makes `profile` known to the others, who learn it from those who join: so it leaves and joins again. */
  setProfile(profile: Profile): void {
    this.options.profile = profile;
    const { link } = this;
    if (!link || this.phase !== 'open') return; // it goes out with the next open
    this.suspend();
    const membership = this.membership;
    link.request('document:close', { document: this.options.document }, () => {
      if (link === this.link && membership === this.membership && this.phase === 'opening') this.open();
    });
    this.awaitAnswer();
  }

  received(event: 'update' | 'acknowledged' | 'document:closed', payload: unknown): void {
    if (event === 'document:closed') this.closedByServer((payload as { reason: ClosedReason }).reason);
    else if (this.phase === 'open') this.deliver(payload as WireUpdate | WireAcknowledgement);
    this.pump();
  }

  private open(whole = false): void {
    const { link, replica, options } = this;
    if (!link) return;
    this.suspend();
    const { membership } = this;
    const request: OpenRequest = { document: options.document, client: options.client };
    if (this.type ?? options.type) request.type = this.type ?? options.type;
    if (options.create) request.create = true;
    if (options.profile) request.profile = this.toldProfile = options.profile;
    if (replica && !whole) Object.assign(request, { version: this.version, epoch: this.epoch });
    link.request('document:open', request, (answer) => {
      if (link === this.link && membership === this.membership && this.phase === 'opening') this.openAnswered(answer as OpenAnswer);
    });
    this.awaitAnswer();
    this.listener.progressed();
  }

  private openAnswered(answer: OpenAnswer): void {
    this.stopTimers();
    if (!answer.ok) return this.openRefused(answer);
    this.phase = 'open';
    this.access = answer.access;
    this.limits = answer.limits ?? {};
    const { membership, reopens } = this;
    this.deliver(answer);
    if (membership !== this.membership || this.phase !== 'open') return;
    this.reopens = reopens; // only what comes after it shows that things go well
    this.listener.opened(answer);
    this.pump();
    this.listener.progressed();
    if (this.options.profile && this.options.profile !== this.toldProfile) this.setProfile(this.options.profile);
  }

  private openRefused(answer: Refusal): void {
    const { code, message, retryAfter } = answer.error;
    if (isTemporary(code)) this.retry(() => this.open(), retryAfter);
    else if (code === 'unauthenticated') this.link!.reauthenticate();
    else if (code === 'stale' && answer.content === undefined) this.reopenFrom(true);
    else if (code === 'stale') {
      this.replace(answer as unknown as WireContent);
      this.reopenFrom(false);
    } else this.end(code, new TuttiError(code, message));
  }

  private closedByServer(reason: ClosedReason): void {
    if (this.phase !== 'open') return; // while an open is under way its answer decides: the message is about the membership before
    if (reason === 'stale') this.open();
    else this.end(reason);
  }

  private leave(reason: CloseReason, error?: TuttiError): void {
    if (this.phase !== 'offline') this.link?.request('document:close', { document: this.options.document }, () => {});
    this.end(reason, error);
  }

  private end(reason: CloseReason, error?: TuttiError): void {
    this.stopTimers();
    this.phase = 'closed';
    this.sent = false;
    this.listener.closed(reason, error);
    this.listener.progressed();
  }

  // Sends what may be sent now.
  private pump(): void {
    const { replica, link } = this;
    if (!replica || !link || this.phase !== 'open' || this.sent || this.cancelRetry) return;
    if (!replica.inFlight) {
      const promoted = replica.promote(this.seq + 1, this.limits.operation ?? Infinity);
      if (promoted === 'nothing') return;
      this.seq++;
      if (promoted === 'too-large') return this.undo(new TuttiError('too-large', 'one piece of the change is above the limit of an operation'));
    }
    this.submit(link, replica.inFlight!);
  }

  private submit(link: Link, { seq, change }: { seq: number; change: Delta }): void {
    const membership = this.membership;
    this.sent = true;
    const { document, client } = this.options;
    const request = { document, version: this.version, epoch: this.epoch, client, seq, changes: encodeChanges(change) };
    link.request('document:operation', request, (answer) => {
      if (link !== this.link) return;
      this.operationAnswered(seq, membership, answer as OperationAnswer);
      this.pump();
    });
    this.awaitAnswer();
  }

  private operationAnswered(seq: number, membership: number, answer: OperationAnswer): void {
    // While an open is under way its answer covers whatever this one says.
    if (this.phase !== 'open') return;
    const current = this.replica!.inFlight?.seq === seq;
    if (!answer.ok) {
      if (current) this.operationRefused(answer, membership);
    } else if (!('duplicate' in answer)) this.deliver(answer);
    else if (current) this.reopenFrom(answer.version <= this.version); // committed, and the delivery that said so is missing
  }

  private operationRefused(answer: Refusal, membership: number): void {
    const { code, message, retryAfter } = answer.error;
    if (code === 'not-open') {
      if (membership === this.membership) this.reopenFrom(false);
    } else if (code === 'unauthenticated') this.link!.reauthenticate();
    else if (code === 'stale') {
      if (answer.content === undefined) return this.reopenFrom(true);
      this.replace(answer as unknown as WireContent);
      this.answered();
    } else if (isTemporary(code)) {
      if (!this.sent) return;
      this.answered();
      this.retry(() => this.pump(), retryAfter);
    } else this.undo(new TuttiError(code, message));
  }

  // Takes one delivery, or opens the document again if it does not continue what is held.
  private deliver(delivery: WireContent | WireUpdate | WireAcknowledgement): void {
    if ('content' in delivery) return this.replace(delivery);
    if (delivery.version <= this.version) return;
    if (delivery.from !== this.version || !this.replica) return this.reopenFrom(!this.replica);
    const restore = this.replica.save();
    const before = this.replica.content;
    let origin: Origin = 'remote';
    let visible: Delta;
    try {
      if ('changes' in delivery) visible = this.replica.update(decodeChanges(delivery.changes));
      else [visible, origin] = this.acknowledge(this.replica, delivery);
    } catch {
      // What came cannot be applied to what is held: this replica has gone astray.
      restore();
      return this.reopenFrom(true);
    }
    this.version = delivery.version;
    this.reopens = 0;
    this.backoff.reset();
    if (visible.ops.length) this.listener.changed(visible, before, origin, 'by' in delivery ? delivery.by : undefined);
    this.listener.progressed();
  }

  private acknowledge(replica: Replica, wire: WireAcknowledgement): [Delta, Origin] {
    const [before, after] = [decodeChanges(wire.before ?? []), decodeChanges(wire.after ?? [])];
    const operations = wire.operations.map(decodeChanges);
    if (replica.inFlight?.seq !== wire.seq) {
      // Not (or no longer) pending here: then it is news like any other's.
      return [replica.update(composeAll([before, ...operations, after])), 'remote'];
    }
    const corrections = replica.corrections;
    const visible = replica.acknowledge({ before, operations, index: wire.index, after });
    this.answered();
    return [visible, replica.corrections > corrections ? 'correction' : 'remote'];
  }

  private replace(answer: WireContent): void {
    const content = decodeContent(answer.type, answer.content);
    if (this.type && this.type !== answer.type) {
      return this.leave('type-mismatch', new TuttiError('type-mismatch', `the document is ${answer.type} now`));
    }
    this.type = answer.type;
    this.epoch = answer.epoch;
    this.version = answer.version;
    if (!this.replica) {
      this.replica = new Replica(content);
      return;
    }
    const { inFlight, content: before } = this.replica;
    const committed = !!inFlight && answer.seq !== undefined && answer.seq >= inFlight.seq;
    const visible = this.replica.replace(content, committed);
    if (committed) this.answered();
    if (visible.ops.length) this.listener.changed(visible, before, 'remote');
    this.listener.progressed();
  }

  private undo(error: TuttiError): void {
    const replica = this.replica!;
    const { content: before, inFlight } = replica;
    const visible = replica.refuse();
    this.answered();
    if (visible.ops.length) this.listener.changed(visible, before, 'refused');
    this.listener.refused(error, inFlight!.seq);
    this.listener.progressed();
  }

  private answered(): void {
    this.sent = false;
    this.cancelTimeout?.();
    this.cancelTimeout = null;
  }

  // At once the first time; with growing delay if that brings nothing.
  private reopenFrom(scratch: boolean): void {
    const { link } = this;
    this.suspend();
    const delay = this.reopens++ === 0 ? 0 : this.backoff.next();
    if (delay === 0) return this.open(scratch);
    this.cancelRetry = this.timers.after(delay, () => {
      this.cancelRetry = null;
      if (link === this.link) this.open(scratch);
    });
  }

  // Takes and sends nothing until the next open is answered.
  private suspend(): void {
    this.stopTimers();
    this.phase = 'opening';
    this.sent = false;
    this.membership++;
  }

  private retry(run: () => void, retryAfter?: number): void {
    this.cancelRetry?.();
    this.cancelRetry = this.timers.after(this.backoff.next(retryAfter), () => {
      this.cancelRetry = null;
      run();
    });
  }

  private awaitAnswer(): void {
    this.cancelTimeout?.();
    this.cancelTimeout = this.timers.after(kAnswerTimeoutMs, () => this.reopenFrom(false));
  }

  private stopTimers(): void {
    this.cancelRetry?.();
    this.cancelTimeout?.();
    this.cancelRetry = this.cancelTimeout = null;
  }
}
