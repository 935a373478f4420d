// The content of a document at one version: immutable, so that two versions share what they have in common.

import Delta from 'quill-delta';
import { baseLength, decodeChanges, hasLoneSurrogate } from './change.js';
import type { Changes } from './change.js';
import { difference, unitsOf } from './difference.js';
import { TuttiError } from './errors.js';

export type DocumentType = 'text' | 'rich-text';

export interface Content {
  /** In UTF-16 code units; an embed counts one. */
  readonly length: number;
  /** The content after `change`, which must not reach beyond the end. */
  apply(change: Delta): Content;
  /** The change that takes `change` back. */
  invert(change: Delta): Delta;
  /** The change that makes `other` of this content, in whole code points. */
  differenceTo(other: Content): Delta;
  toDelta(): Delta;
  /** The text; embeds are left out. */
  toString(): string;
}

/** Content as the server sends it: a string for a text, a change for a rich text. */
export function decodeContent(type: DocumentType, content: string | Changes): Content {
  return type === 'text' ? new TextContent(content as string) : new RichContent(decodeChanges(content as Changes));
}

/**
 * `change` as it may be sent: where it splits a surrogate pair, the whole pair is replaced.
 * Throws TuttiError `invalid-operation` if it reaches beyond the end, leaves half a pair behind, or is not one for this type.
 */
export function checkedChange(content: Content, change: Delta): Delta {
  if (baseLength(change) > content.length) throw invalid(`the change reaches ${baseLength(change)}, the content ends at ${content.length}`);
  const plain = content instanceof TextContent;
  if (plain && change.ops.some((op) => op.attributes || typeof op.insert === 'object')) throw invalid('a text has neither attributes nor embeds');
  const halves = change.ops.some((op) => typeof op.insert === 'string' && hasLoneSurrogate(op.insert));
  if (!halves && !splitsPair(content, change)) return change;
  const after = content.apply(change);
  if (hasLoneSurrogate(after.toString())) throw invalid('the change would leave half a surrogate pair');
  return content.differenceTo(after);
}

export class TextContent implements Content {
  constructor(private readonly text: string) {}

  get length(): number {
    return this.text.length;
  }

  apply(change: Delta): Content {
    let text = '';
    let position = 0;
    for (const op of change.ops) {
      if (typeof op.insert === 'string') text += op.insert;
      else if (op.delete) position += op.delete;
      else {
        const end = position + (op.retain as number);
        text += this.text.slice(position, end);
        position = end;
      }
    }
    if (position > this.text.length) throw invalid('the change reaches beyond the end');
    return new TextContent(text + this.text.slice(position));
  }

  invert(change: Delta): Delta {
    const inverse = new Delta();
    let position = 0;
    for (const op of change.ops) {
      if (typeof op.insert === 'string') inverse.delete(op.insert.length);
      else if (op.delete) {
        inverse.insert(this.text.slice(position, position + op.delete));
        position += op.delete;
      } else {
        inverse.retain(op.retain as number);
        position += op.retain as number;
      }
    }
    return inverse.chop();
  }

  differenceTo(other: Content): Delta {
    const [a, b] = [this.text, other.toString()];
    const start = commonPrefix(a, b);
    const end = commonSuffix(a, b, start);
    const [from, to] = [a.slice(start, a.length - end), b.slice(start, b.length - end)];
    const middle =
      from.length + to.length <= kDiffUnitsMax
        ? difference(new Delta().insert(from), new Delta().insert(to))
        : new Delta().insert(to).delete(from.length);
    return new Delta().retain(start).concat(middle).chop();
  }

  toDelta(): Delta {
    return new Delta().insert(this.text);
  }

  toString(): string {
    return this.text;
  }
}

export class RichContent implements Content {
  readonly length: number;

  constructor(private readonly delta: Delta) {
    this.length = delta.length();
  }

  apply(change: Delta): Content {
    if (baseLength(change) > this.length) throw invalid('the change reaches beyond the end');
    return new RichContent(this.delta.compose(change));
  }

  invert(change: Delta): Delta {
    return change.invert(this.delta).chop();
  }

  differenceTo(other: Content): Delta {
    return difference(this.delta, other.toDelta());
  }

  toDelta(): Delta {
    return new Delta(this.delta.ops);
  }

  toString(): string {
    return this.delta.ops.map((op) => (typeof op.insert === 'string' ? op.insert : '')).join('');
  }
}

// Above this, what lies between the common start and end is replaced as one piece: a finer difference would take too long.
const kDiffUnitsMax = 40_000;

function splitsPair(content: Content, change: Delta): boolean {
  let text: string | undefined;
  let position = 0;
  for (const op of change.ops) {
    if (op.insert !== undefined) continue;
    text ??= content instanceof TextContent ? content.toString() : unitsOf(content.toDelta());
    if (inPair(text, position)) return true;
    position += op.delete ?? (op.retain as number);
  }
  return text !== undefined && inPair(text, position);
}

function inPair(text: string, position: number): boolean {
  return isHigh(text.charCodeAt(position - 1)) && isLow(text.charCodeAt(position));
}

function commonPrefix(a: string, b: string): number {
  const max = Math.min(a.length, b.length);
  let n = 0;
  while (n < max && a.charCodeAt(n) === b.charCodeAt(n)) n++;
  return inPair(a, n) || inPair(b, n) ? n - 1 : n;
}

function commonSuffix(a: string, b: string, start: number): number {
  const max = Math.min(a.length, b.length) - start;
  let n = 0;
  while (n < max && a.charCodeAt(a.length - 1 - n) === b.charCodeAt(b.length - 1 - n)) n++;
  return n && (inPair(a, a.length - n) || inPair(b, b.length - n)) ? n - 1 : n;
}

function isHigh(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}

function isLow(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff;
}

function invalid(message: string): TuttiError {
  return new TuttiError('invalid-operation', message);
}
