// A Quill 2 editor on a shared rich-text document: `collaborate(quill, document)`.
//
// A Quill always ends with a line break, a document need not. Where the document does not, the editor shows one that is not there
// (implied), and the first edit made here puts it into the document. Others' changes come in as source "api", so that Quill's history
// with `userOnly: true` undoes one's own edits only.

import Delta from 'quill-delta';
import type Quill from 'quill';
import type { Content } from './content.js';
import type { Cursor } from './cursors.js';
import type { ChangeEvent, Document } from './document.js';
import type { Person } from './people.js';
import type { User } from './protocol.js';
import { QuillCursors } from './quill-cursors.js';

export interface CollaborateOptions {
  /** Show others' cursors and tell them one's own (default true). */
  cursors?: boolean;
  /** The name and colour of a person (default: `name` and `color` of the profile). */
  describe?: (user: User | Cursor) => Person;
}

/** Binds the two until the returned function is called. The editor is disabled while the document cannot be edited. */
export function collaborate(quill: Quill, document: Document, options: CollaborateOptions = {}): () => void {
  const binding = new Binding(quill, document);
  const cursors = options.cursors === false ? null : new QuillCursors(quill, document, options.describe);
  return () => {
    binding.destroy();
    cursors?.destroy();
  };
}

class Binding {
  private readonly off: (() => void)[];
  private applying = false;
  private filled = false;

  constructor(
    private readonly quill: Quill,
    private readonly document: Document,
  ) {
    const edited = (change: Delta) => this.edited(change);
    quill.on('text-change', edited);
    this.off = [
      document.on('change', (event) => this.changed(event)),
      document.on('status', () => quill.enable(document.editable)),
      () => quill.off('text-change', edited),
    ];
    quill.enable(document.editable);
    if (document.loaded) this.fill();
    else void document.ready.then(() => this.fill(), () => {});
  }

  destroy(): void {
    for (const off of this.off) off();
  }

  private edited(change: Delta): void {
    if (this.applying || !this.filled) return;
    try {
      this.document.apply(toDocument(change, this.document.content), this);
    } catch {
      this.fill(); // what the document does not take is not shown either
    }
  }

  private changed({ change, before, source }: ChangeEvent): void {
    if (source === this || !this.filled) return;
    const after = this.document.content;
    this.quietly(() => this.quill.updateContents(toEditor(change, before, after) as never, 'api'));
    if (this.quill.getLength() !== shown(after).length()) this.fill();
  }

  private fill(): void {
    this.filled = true;
    this.quietly(() => this.quill.setContents(shown(this.document.content) as never, 'api'));
    this.quill.enable(this.document.editable);
  }

  private quietly(act: () => void): void {
    this.applying = true;
    try {
      act();
    } finally {
      this.applying = false;
    }
  }
}

/** A document's content as a Quill shows it. */
export function shown(content: Delta): Delta {
  return endsWithBreak(content) ? content : content.concat(new Delta().insert('\n'));
}

/** The editor's change as the document's. */
export function toDocument(change: Delta, content: Delta): Delta {
  const plain = new Delta(change.ops);
  return endsWithBreak(content) ? plain : new Delta().retain(content.length()).insert('\n').compose(plain);
}

/** The document's change as the editor's, which may have an implied line break before or after. */
export function toEditor(change: Delta, before: Content, after: Delta): Delta {
  const [had, has] = [endsWithBreak(before.toDelta()), endsWithBreak(after)];
  if (had === has) return change;
  const end = new Delta().retain(after.length());
  return change.compose(has ? end.delete(1) : end.insert('\n'));
}

function endsWithBreak(content: Delta): boolean {
  const last = content.ops.at(-1)?.insert;
  return typeof last === 'string' && last.endsWith('\n');
}
