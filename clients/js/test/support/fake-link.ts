// A session with a link and a clock that a test moves by hand.

import Delta from 'quill-delta';
import { Session } from '../../src/session.js';
import type { CloseReason, Link, Origin, SessionOptions, Timers } from '../../src/session.js';
import type { TuttiError } from '../../src/errors.js';

export interface Sent {
  event: string;
  payload: Record<string, any>;
  answer(payload: object): void;
}

export class FakeTimers implements Timers {
  private now = 0;
  private timers = new Set<{ at: number; run: () => void }>();

  after(ms: number, run: () => void): () => void {
    const timer = { at: this.now + ms, run };
    this.timers.add(timer);
    return () => this.timers.delete(timer);
  }

  random(): number {
    return 0;
  }

  advance(ms: number): void {
    this.now += ms;
    for (const timer of [...this.timers].sort((a, b) => a.at - b.at)) if (timer.at <= this.now && this.timers.delete(timer)) timer.run();
  }
}

export class FakeLink implements Link {
  readonly sent: Sent[] = [];
  readonly notified: { event: string; payload: object }[] = [];
  reauthentications = 0;

  request(event: string, payload: object, answer: (answer: unknown) => void): void {
    this.sent.push({ event, payload: structuredClone(payload), answer });
  }
  notify(event: string, payload: object): void {
    this.notified.push({ event, payload: structuredClone(payload) });
  }
  reauthenticate(): void {
    this.reauthentications++;
  }
}

export class Rig {
  readonly timers = new FakeTimers();
  link = new FakeLink();
  readonly changes: { change: Delta; origin: Origin }[] = [];
  readonly refused: { error: TuttiError; seq: number }[] = [];
  readonly closed: CloseReason[] = [];
  readonly session: Session;
  private taken = 0;

  constructor(options: Partial<SessionOptions> = {}) {
    this.session = new Session({ document: 'notes', client: 'me', create: true, ...options }, this.timers, {
      changed: (change, _before, origin) => this.changes.push({ change, origin }),
      opened: () => {},
      refused: (error, seq) => this.refused.push({ error, seq }),
      closed: (reason) => this.closed.push(reason),
      progressed: () => {},
    });
  }

  get text(): string {
    return this.session.replica!.content.toString();
  }

  /** The next request that was emitted; fails if there is none. */
  next(event: string): Sent {
    const sent = this.link.sent[this.taken];
    if (sent?.event !== event) throw new Error(`expected ${event}, got ${sent?.event ?? 'nothing'}`);
    this.taken++;
    return sent;
  }

  get silent(): boolean {
    return this.taken === this.link.sent.length;
  }

  /** Connects over a new link; the open request is still to be answered. */
  connect(): Sent {
    this.link = new FakeLink();
    this.taken = 0;
    this.session.connected(this.link);
    return this.next('document:open');
  }

  opened(fields: object): object {
    return { ok: true, document: 'notes', type: 'text', epoch: 'e1', access: 'write', users: [], userCount: 1, limits: {}, ...fields };
  }

  static open(content = 'hello', fields: object = {}, options: Partial<SessionOptions> = {}): Rig {
    const rig = new Rig(options);
    rig.connect().answer(rig.opened({ from: 7, version: 7, content, ...fields }));
    return rig;
  }

  insert(position: number, text: string): void {
    this.session.edit(new Delta().retain(position).insert(text));
  }
}

export const refusal = (code: string, more: object = {}) => ({ ok: false, error: { code, message: code, ...more } });
