// Undo and redo of one person's own edits, right with others typing in between.
//
// Each entry is the inverse of own edits; all entries are moved over whatever others change (Quill's history works the same way).
// Undoing takes away exactly what is left of one's own text and brings back what one deleted.

import type Delta from 'quill-delta';
import { isEmpty } from './change.js';
import type { Document, ChangeEvent } from './document.js';

export interface UndoOptions {
  /** Edits closer together than this (ms) are one entry (default 500). */
  groupWithin?: number;
  /** Entries beyond this are forgotten, oldest first (default 200). */
  entriesMax?: number;
  now?: () => number;
}

export class UndoManager {
  private undos: Delta[] = [];
  private redos: Delta[] = [];
  private lastEdit = -Infinity;
  private target: 'edit' | 'undo' | 'redo' = 'edit';
  private readonly off: () => void;

  constructor(
    private readonly document: Document,
    private readonly options: UndoOptions = {},
  ) {
    this.off = document.on('change', (event) => this.changed(event));
  }

  get canUndo(): boolean {
    return this.undos.length > 0;
  }

  get canRedo(): boolean {
    return this.redos.length > 0;
  }

  /** Takes the newest entry back; false if there is none. */
  undo(source?: unknown): boolean {
    return this.take('undo', this.undos, source);
  }

  redo(source?: unknown): boolean {
    return this.take('redo', this.redos, source);
  }

  /** The next edit starts a new entry. */
  cut(): void {
    this.lastEdit = -Infinity;
  }

  destroy(): void {
    this.off();
    this.undos = this.redos = [];
  }

  private take(target: 'undo' | 'redo', stack: Delta[], source: unknown): boolean {
    const change = stack.pop();
    if (!change) return false;
    this.cut();
    this.target = target;
    try {
      this.document.apply(change, source);
    } finally {
      this.target = 'edit';
    }
    return true;
  }

  private changed({ change, origin, before }: ChangeEvent): void {
    if (origin === 'refused') this.undos = this.redos = []; // what they would take back has just been taken back
    if (origin !== 'local') {
      this.undos = moved(this.undos, change);
      this.redos = moved(this.redos, change);
      return;
    }
    const inverse = before.invert(change);
    if (this.target === 'undo') this.redos.push(inverse);
    else if (this.target === 'redo') this.undos.push(inverse);
    else this.edited(inverse);
  }

  private edited(inverse: Delta): void {
    const { groupWithin = 500, entriesMax = 200, now = Date.now } = this.options;
    this.redos = [];
    const time = now();
    const last = time - this.lastEdit < groupWithin ? this.undos.pop() : undefined;
    this.undos.push(last ? inverse.compose(last) : inverse);
    if (this.undos.length > entriesMax) this.undos.shift();
    this.lastEdit = time;
  }
}

// Each entry stands on the state that the one above it leaves behind.
function moved(stack: Delta[], change: Delta): Delta[] {
  const result: Delta[] = [];
  for (let i = stack.length - 1; i >= 0; i--) {
    const entry = stack[i]!;
    const next = change.transform(entry, true);
    change = entry.transform(change, false);
    if (!isEmpty(next)) result.unshift(next);
  }
  return result;
}
