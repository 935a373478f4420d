// Others' carets and selections over a Quill, in a layer of their own beside the text.

import type Quill from 'quill';
import type { Cursor } from './cursors.js';
import type { Document } from './document.js';
import { describePerson } from './people.js';
import type { Person } from './people.js';
import type { Range, User } from './protocol.js';

export class QuillCursors {
  private readonly layer: HTMLElement;
  private readonly off: (() => void)[];
  private readonly carets = new Map<string, { element: HTMLElement; at: string }>();
  private frame = 0;

  constructor(
    private readonly quill: Quill,
    private readonly document: Document,
    private readonly describe: (user: User | Cursor) => Person = describePerson,
  ) {
    this.layer = quill.root.ownerDocument.createElement('div');
    this.layer.className = 'tutti-cursors';
    this.layer.style.cssText = 'position:absolute;inset:0;overflow:hidden;pointer-events:none';
    quill.container.append(this.layer);
    const redraw = () => this.schedule();
    const moved = () => this.tell();
    const resized = new ResizeObserver(redraw);
    resized.observe(quill.root);
    quill.root.addEventListener('scroll', redraw);
    quill.on('editor-change', moved);
    this.off = [
      document.on('cursors', redraw),
      document.on('users', redraw),
      document.on('change', redraw),
      () => resized.disconnect(),
      () => quill.root.removeEventListener('scroll', redraw),
      () => quill.off('editor-change', moved),
    ];
  }

  destroy(): void {
    for (const off of this.off) off();
    cancelAnimationFrame(this.frame);
    this.layer.remove();
    this.document.setCursor(null);
  }

  private tell(): void {
    const range = this.quill.hasFocus() ? this.quill.getSelection() : null;
    if (!range || !this.document.loaded) return;
    const end = this.document.length; // an implied line break is not part of it
    this.document.setCursor({ anchor: Math.min(range.index, end), head: Math.min(range.index + range.length, end) });
  }

  private schedule(): void {
    cancelAnimationFrame(this.frame);
    this.frame = requestAnimationFrame(() => this.draw());
  }

  private draw(): void {
    const shown = this.document.cursors.filter(({ cursor }) => cursor);
    const pieces = shown.flatMap((cursor) => this.selection(cursor.cursor!, this.person(cursor).color));
    this.layer.replaceChildren(...pieces, ...shown.map((cursor) => this.caret(cursor)));
    for (const id of [...this.carets.keys()]) if (!shown.some(({ socketId }) => socketId === id)) this.carets.delete(id);
  }

  private person(cursor: Cursor): Person {
    return this.describe(this.document.users.find(({ socketId }) => socketId === cursor.socketId) ?? cursor);
  }

  // The element is kept while the caret stays where it is, so that its label fades.
  private caret(cursor: Cursor): HTMLElement {
    const { name, color } = this.person(cursor);
    const at = `${cursor.cursor!.head}/${name}/${color}`;
    const known = this.carets.get(cursor.socketId);
    const element = known?.at === at ? known.element : this.newCaret(name, color);
    this.carets.set(cursor.socketId, { element, at });
    const bounds = this.quill.getBounds(this.clamp(cursor.cursor!.head));
    if (bounds) Object.assign(element.style, { left: `${bounds.left}px`, top: `${bounds.top}px`, height: `${bounds.height}px` });
    element.classList.toggle('tutti-caret-top', (bounds?.top ?? 0) < 18);
    return element;
  }

  private newCaret(name: string, color: string): HTMLElement {
    const { ownerDocument } = this.layer;
    const [caret, label] = [ownerDocument.createElement('span'), ownerDocument.createElement('span')];
    caret.className = 'tutti-caret';
    caret.style.cssText = `position:absolute;width:2px;margin-left:-1px;background:${color}`;
    label.className = 'tutti-label';
    label.style.background = color;
    label.textContent = name;
    caret.append(label);
    return caret;
  }

  private selection({ anchor, head }: Range, color: string): HTMLElement[] {
    const [from, to] = [this.clamp(Math.min(anchor, head)), this.clamp(Math.max(anchor, head))];
    if (from === to) return [];
    const range = this.layer.ownerDocument.createRange();
    const [start, end] = [this.place(from), this.place(to)];
    if (!start || !end) return [];
    range.setStart(...start);
    range.setEnd(...end);
    const origin = this.quill.container.getBoundingClientRect();
    return [...range.getClientRects()].map((rect) => {
      const piece = this.layer.ownerDocument.createElement('span');
      piece.className = 'tutti-selection';
      piece.style.cssText =
        `position:absolute;left:${rect.left - origin.left}px;top:${rect.top - origin.top}px;` +
        `width:${rect.width}px;height:${rect.height}px;background:color-mix(in srgb, ${color} 24%, transparent)`;
      return piece;
    });
  }

  private place(index: number): [Node, number] | null {
    const [leaf, offset] = this.quill.getLeaf(index);
    return leaf ? (leaf.position(offset, true) as [Node, number]) : null;
  }

  private clamp(index: number): number {
    return Math.max(0, Math.min(index, this.quill.getLength() - 1));
  }
}
