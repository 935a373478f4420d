// A client's copy of one document: what is committed, at most one operation in flight, and what was edited since (the Jupiter/Wave client).
//
// visible content = committed, then the operation in flight, then the buffer. History goes first on a tie: what comes from the log has
// priority over what is pending. Where the log disagrees with the guess for an own operation, the difference is applied (a correction).
// Pure: no clock, no socket. Every method returns the change of the visible content.

import Delta from 'quill-delta';
import { composeAll, isEmpty, sameChange } from './change.js';
import type { Content } from './content.js';
import { fits, split } from './split.js';

export interface InFlight {
  readonly seq: number;
  change: Delta;
  /** How many edits of the user it is made of. */
  edits: number;
}

/** One delivery that holds an own operation, decoded. */
export interface Acknowledgement {
  before: Delta;
  operations: Delta[];
  index: number;
  after: Delta;
}

export class Replica {
  committed: Content;
  content: Content;
  inFlight: InFlight | null = null;
  /** How often the committed operation differed from the guess. */
  corrections = 0;

  private buffer: { change: Delta; edits: number } | null = null;
  private visible = new Delta();

  constructor(content: Content) {
    this.committed = this.content = content;
  }

  /** Edits of the user that are not acknowledged. */
  get pendingEdits(): number {
    return (this.inFlight?.edits ?? 0) + (this.buffer?.edits ?? 0);
  }

  edit(change: Delta): void {
    this.content = this.content.apply(change);
    this.buffer = this.buffer
      ? { change: this.buffer.change.compose(change), edits: this.buffer.edits + 1 }
      : { change, edits: 1 };
  }

  /**
   * Puts what is buffered in flight as number `seq`; no more of it than fits into `limit` bytes.
   * `too-large` if even the first edit does not fit: then the whole is in flight, to be undone.
   */
  promote(seq: number, limit: number): 'nothing' | 'ready' | 'too-large' {
    if (!this.buffer || this.inFlight) return 'nothing';
    const { change, edits } = this.buffer;
    if (isEmpty(change)) {
      this.buffer = null;
      return 'nothing';
    }
    const parts = fits(change, limit) ? null : split(change, limit);
    if (parts) {
      this.inFlight = { seq, change: parts.head, edits: 0 };
      this.buffer = { change: parts.tail, edits };
      return 'ready';
    }
    this.inFlight = { seq, change, edits };
    this.buffer = null;
    return fits(change, limit) ? 'ready' : 'too-large';
  }

  /** Others' changes. */
  update(changes: Delta): Delta {
    this.applyCommitted(changes);
    return this.takeVisible();
  }

  /** The own operation in flight was committed as `operations[index]`. */
  acknowledge({ before, operations, index, after }: Acknowledgement): Delta {
    this.applyCommitted(composeAll([before, ...operations.slice(0, index)]));
    if (!this.settle(operations[index]!)) this.corrections++;
    this.applyCommitted(composeAll([...operations.slice(index + 1), after]));
    return this.takeVisible();
  }

  /** The operation in flight will never be committed: it is undone. */
  refuse(): Delta {
    this.settle(new Delta());
    return this.takeVisible();
  }

  /**
   * The content at a newer version, where the changes in between are not to be had: their difference stands for them.
   * `inFlightCommitted`: the operation in flight is among them.
   */
  replace(content: Content, inFlightCommitted: boolean): Delta {
    if (inFlightCommitted && this.inFlight) {
      this.committed = this.committed.apply(this.inFlight.change);
      this.inFlight = null;
    }
    this.applyCommitted(this.committed.differenceTo(content));
    return this.takeVisible();
  }

  /** Where a position of another's cursor in the committed content is in the visible one. */
  toVisible(position: number): number {
    for (const pending of [this.inFlight, this.buffer]) if (pending) position = pending.change.transformPosition(position, true);
    return position;
  }

  /** Returns what brings this state back, for when a delivery turns out half-way not to fit. */
  save(): () => void {
    const { committed, content, inFlight, buffer, corrections } = this;
    const [flying, buffered] = [inFlight && { ...inFlight }, buffer && { ...buffer }];
    return () => {
      Object.assign(this, { committed, content, corrections, inFlight: flying, buffer: buffered, visible: new Delta() });
    };
  }

  // What was in flight turns out to be `operation`; returns whether that was the guess.
  private settle(operation: Delta): boolean {
    const guess = this.inFlight!.change;
    const correct = sameChange(guess, operation);
    this.inFlight = null;
    if (!correct) {
      this.applyVisible(this.committed.invert(guess).compose(operation), this.committed.apply(operation));
    } else if (this.buffer) this.committed = this.committed.apply(operation);
    else this.committed = this.content;
    return correct;
  }

  private applyCommitted(change: Delta): void {
    if (isEmpty(change)) return;
    const committed = this.committed.apply(change);
    if (this.inFlight) {
      const rebased = this.inFlight.change.transform(change, false);
      this.inFlight.change = change.transform(this.inFlight.change, true);
      change = rebased;
    }
    this.applyVisible(change, committed);
  }

  private applyVisible(change: Delta, committed: Content): void {
    this.committed = committed;
    if (this.buffer) {
      const rebased = this.buffer.change.transform(change, false);
      this.buffer.change = change.transform(this.buffer.change, true);
      change = rebased;
    }
    this.content = this.inFlight || this.buffer ? this.content.apply(change) : committed;
    this.visible = this.visible.compose(change);
  }

  private takeVisible(): Delta {
    const visible = this.visible;
    this.visible = new Delta();
    return visible.chop();
  }
}
