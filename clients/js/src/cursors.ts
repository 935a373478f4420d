// The others' cursors, in the visible content, and one's own on its way to the server.
//
// A stored cursor is moved over every change: an insertion at the same place pushes it only if it is its owner's own.
// On the wire a position is in the committed content at a version; while something is pending the own cursor waits.

import type Delta from 'quill-delta';
import { ANONYMOUS } from './protocol.js';
import type { Range, WirePresence } from './protocol.js';
import type { Replica } from './replica.js';

export interface Cursor {
  socketId: string;
  userId: string;
  cursor: Range | null;
  data?: unknown;
}

export class Cursors {
  private readonly bySocket = new Map<string, Cursor>();

  get list(): Cursor[] {
    return [...this.bySocket.values()];
  }

  clear(): void {
    this.bySocket.clear();
  }

  left(socketId: string): boolean {
    return this.bySocket.delete(socketId);
  }

  received(presence: WirePresence, replica: Replica, ownSocketId: string | undefined): void {
    for (const [socketId, entry] of Object.entries(presence.users)) {
      if (socketId === ownSocketId) continue;
      if (!entry) this.bySocket.delete(socketId);
      else {
        const range = entry.cursor ? mapRange(entry.cursor, (position) => replica.toVisible(position)) : null;
        this.bySocket.set(socketId, { socketId, userId: entry.userId, cursor: range, data: entry.data });
      }
    }
  }

  /** Moves all cursors over a change of the visible content made by `by`, where that is one user who can be told from others. */
  moved(change: Delta, by?: string): void {
    for (const entry of this.bySocket.values()) {
      if (entry.cursor) entry.cursor = moveRange(entry.cursor, change, by !== ANONYMOUS && by === entry.userId);
    }
  }
}

export function moveRange(range: Range, change: Delta, own: boolean): Range {
  return mapRange(range, (position) => change.transformPosition(position, !own));
}

function mapRange({ anchor, head }: Range, move: (position: number) => number): Range {
  return { anchor: move(anchor), head: move(head) };
}

/** The own cursor: sent when it has changed, nothing is pending, and not more often than every `intervalMs`. */
export class OwnCursor {
  private range: Range | null = null;
  private data: unknown;
  private dirty = false;
  private cancel: (() => void) | null = null;

  constructor(
    private readonly after: (ms: number, run: () => void) => () => void,
    private readonly mayGo: () => boolean,
    private readonly send: (cursor: Range | null, data: unknown) => void,
    private readonly intervalMs = 50,
  ) {}

  set(range: Range | null, data: unknown): void {
    if (same(range, this.range) && data === this.data) return;
    this.range = range;
    this.data = data;
    this.dirty = true;
    this.flush();
  }

  /** Over a change of the visible content. Others cannot always know that an insertion at this very place is one's own: they are told. */
  moved(change: Delta, own: boolean): void {
    if (!this.range) return;
    const moved = moveRange(this.range, change, own);
    if (own && !same(moved, moveRange(this.range, change, false))) this.dirty = true;
    this.range = moved;
  }

  /** The server forgot it: after the document was opened again. */
  again(): void {
    this.dirty = this.range !== null || this.data !== undefined;
    this.flush();
  }

  flush(): void {
    if (!this.dirty || this.cancel || !this.mayGo()) return;
    this.dirty = false;
    this.send(this.range, this.data);
    this.cancel = this.after(this.intervalMs, () => {
      this.cancel = null;
      this.flush();
    });
  }

  stop(): void {
    this.cancel?.();
    this.cancel = null;
  }
}

function same(a: Range | null, b: Range | null): boolean {
  return a === b || (!!a && !!b && a.anchor === b.anchor && a.head === b.head);
}
