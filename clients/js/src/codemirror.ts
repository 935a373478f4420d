// A CodeMirror 6 editor on a shared document: `extensions: [collaborate(document)]`.
//
// The editor's text is the document's, at all times; others' changes come in without entering the undo history, so the stock `history()`
// undoes one's own edits only. Line breaks are "\n" alone, so that positions agree. Others' cursors are drawn as a layer over the text.

import { Annotation, EditorState, StateEffect, Text, Transaction } from '@codemirror/state';
import type { ChangeSet, ChangeSpec, Extension } from '@codemirror/state';
import { EditorView, ViewPlugin } from '@codemirror/view';
import type { ViewUpdate } from '@codemirror/view';
import Delta from 'quill-delta';
import { remoteCursors } from './codemirror-cursors.js';
import type { Document } from './document.js';
import type { Cursor } from './cursors.js';
import type { Person } from './people.js';
import type { User } from './protocol.js';

export interface CollaborateOptions {
  /** Show others' cursors and tell them one's own (default true). */
  cursors?: boolean;
  /** The name and colour of a person (default: `name` and `color` of the profile). */
  describe?: (user: User | Cursor) => Person;
}

/** Marks what came from the document rather than from this editor. */
export const fromDocument = Annotation.define<boolean>();
const cursorsMoved = StateEffect.define<null>();

/** The state should be made with `doc: document.text` once the document is ready; otherwise the text comes in as soon as it is there. */
export function collaborate(document: Document, options: CollaborateOptions = {}): Extension {
  const binding = ViewPlugin.define((view) => new Binding(view, document, options.cursors !== false));
  return [
    binding,
    EditorState.lineSeparator.of('\n'),
    EditorView.clipboardInputFilter.of((text) => text.replace(/\r\n?/g, '\n')),
    EditorState.changeFilter.of((transaction) => !!transaction.annotation(fromDocument) || mayApply(document, transaction)),
    options.cursors === false ? [] : remoteCursors(document, options.describe, (update) => isNews(update)),
  ];
}

class Binding {
  private readonly off: (() => void)[];
  private readonly queue: Delta[] = [];
  private updating = false;
  private filled = false; // before that, changes are not shown: the text comes as a whole
  private frame = false;

  constructor(
    private readonly view: EditorView,
    private readonly document: Document,
    private readonly shareCursor: boolean,
  ) {
    this.off = [
      document.on('change', ({ change, source }) => {
        if (source !== this) this.show(change);
      }),
      document.on('cursors', () => this.redrawCursors()),
      document.on('users', () => this.redrawCursors()),
    ];
    if (this.isEqual()) this.filled = true;
    else if (document.loaded) queueMicrotask(() => this.fill());
    else void document.ready.then(() => this.fill(), () => {});
  }

  update(update: ViewUpdate): void {
    this.updating = true;
    for (const transaction of update.transactions) {
      if (transaction.docChanged && !transaction.annotation(fromDocument)) this.document.apply(toDelta(transaction.changes), this);
    }
    this.updating = false;
    if (this.shareCursor && (update.selectionSet || update.docChanged || update.focusChanged) && this.document.loaded) this.tellCursor();
  }

  destroy(): void {
    for (const off of this.off) off();
    if (this.shareCursor) this.document.setCursor(null);
  }

  // A change that comes while the editor updates waits until it has.
  private show(change: Delta): void {
    if (!this.filled) return;
    this.queue.push(change);
    if (this.updating) queueMicrotask(() => this.drain());
    else this.drain();
  }

  private drain(): void {
    while (this.queue.length) {
      this.dispatch(toChangeSpec(this.queue.shift()!));
    }
  }

  private fill(): void {
    this.filled = true;
    if (!this.isEqual()) this.dispatch({ from: 0, to: this.view.state.doc.length, insert: textOf(this.document.text) });
    if (this.shareCursor && this.view.hasFocus) this.tellCursor();
  }

  private isEqual(): boolean {
    const { doc } = this.view.state;
    return this.document.loaded && doc.length === this.document.length && doc.toString() === this.document.text;
  }

  private dispatch(changes: ChangeSpec): void {
    this.view.dispatch({ changes, annotations: [fromDocument.of(true), Transaction.addToHistory.of(false), Transaction.remote.of(true)] });
  }

  private tellCursor(): void {
    if (!this.view.hasFocus) return;
    const { anchor, head } = this.view.state.selection.main;
    this.document.setCursor({ anchor, head });
  }

  private redrawCursors(): void {
    if (this.frame) return;
    this.frame = true;
    queueMicrotask(() => {
      this.frame = false;
      if (this.view.dom.isConnected) this.view.dispatch({ effects: cursorsMoved.of(null) });
    });
  }
}

function isNews(update: ViewUpdate): boolean {
  return update.docChanged || update.transactions.some((transaction) => transaction.effects.some((effect) => effect.is(cursorsMoved)));
}

function mayApply(document: Document, transaction: Transaction): boolean {
  if (!transaction.docChanged) return true;
  if (!document.editable) return false;
  // A later one of several in one dispatch stands on what the document does not have yet.
  return transaction.startState.doc.length !== document.length || document.check(toDelta(transaction.changes)) === null;
}

export function toDelta(changes: ChangeSet): Delta {
  const delta = new Delta();
  let position = 0;
  changes.iterChanges((from, to, _fromB, _toB, inserted) => {
    delta.retain(from - position).insert(inserted.toString()).delete(to - from);
    position = to;
  });
  return delta.chop();
}

export function toChangeSpec(change: Delta): ChangeSpec[] {
  const changes: { from: number; to?: number; insert?: Text }[] = [];
  let position = 0;
  for (const op of change.ops) {
    if (typeof op.insert === 'string') changes.push({ from: position, insert: textOf(op.insert) });
    else if (op.delete) changes.push({ from: position, to: (position += op.delete) });
    else position += op.retain as number;
  }
  return changes;
}

function textOf(text: string): Text {
  return Text.of(text.split('\n'));
}

