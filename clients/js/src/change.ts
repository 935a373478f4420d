// Changes: a Quill Delta, as positions and lengths in UTF-16 code units, and the other forms in which one may be written.
//
// Compact form (the wire's): [5, "abc", -2] = retain 5, insert "abc", delete 2; objects where there are attributes or embeds.
// Simple form: {type: "insert", position, text} or {type: "delete", position, length}, one or several, each on the result of those before.

import Delta from 'quill-delta';
import type { Op } from 'quill-delta';
import { TuttiError } from './errors.js';

export type CompactComponent = number | string | Op;
export type Changes = CompactComponent[];
export type SimpleChange =
  | { type: 'insert'; position: number; text: string }
  | { type: 'delete'; position: number; length: number };
export type ChangeInput = Delta | { ops: Op[] } | Changes | SimpleChange | SimpleChange[];

export function encodeChanges(change: Delta): Changes {
  return change.ops.map((op) => {
    if (op.attributes) return op;
    if (typeof op.insert === 'string') return op.insert;
    if (typeof op.retain === 'number') return op.retain;
    if (typeof op.delete === 'number') return -op.delete;
    return op;
  });
}

export function decodeChanges(changes: Changes): Delta {
  const change = new Delta();
  for (const component of changes) {
    if (typeof component === 'number') {
      if (!Number.isSafeInteger(component) || component === 0) throw invalid(`a component cannot be ${component}`);
      if (component > 0) change.retain(component);
      else change.delete(-component);
    } else if (typeof component === 'string') change.insert(component);
    else change.push(checkedOp(component));
  }
  return change.chop();
}

/** Reads any of the accepted forms into one canonical change. Throws TuttiError `invalid-operation`. */
export function toDelta(input: ChangeInput): Delta {
  if (Array.isArray(input)) {
    if (input.some(isSimple)) return composeAll((input as SimpleChange[]).map(simpleToDelta));
    return decodeChanges(input as Changes);
  }
  if (isSimple(input)) return simpleToDelta(input);
  if (input && Array.isArray((input as Delta).ops)) return decodeChanges((input as Delta).ops);
  throw invalid('a change is a Delta, a compact array, or {type: "insert" | "delete", …}');
}

/** How much of the old content a change speaks about. */
export function baseLength(change: Delta): number {
  let length = 0;
  for (const op of change.ops) length += typeof op.retain === 'number' ? op.retain : (op.delete ?? 0);
  return length;
}

/** Equal by value: the order of keys does not count. */
export function sameChange(a: Delta, b: Delta): boolean {
  return equal(a.ops, b.ops);
}

/** The changes of a list, each on the result of those before, as one; composed in pairs, so that a long list is not quadratic. */
export function composeAll(changes: Delta[]): Delta {
  if (changes.length === 0) return new Delta();
  if (changes.length === 1) return changes[0]!;
  const middle = changes.length >> 1;
  return composeAll(changes.slice(0, middle)).compose(composeAll(changes.slice(middle)));
}

export function isEmpty(change: Delta): boolean {
  return change.ops.length === 0;
}

export function hasLoneSurrogate(text: string): boolean {
  return /\p{Surrogate}/u.test(text);
}

function simpleToDelta(input: SimpleChange): Delta {
  if (!isSimple(input)) throw invalid('forms of a change cannot be mixed');
  const change = new Delta();
  if (!isLength(input.position)) throw invalid('a position is a whole number from 0');
  change.retain(input.position);
  if (input.type === 'insert') {
    if (typeof input.text !== 'string') throw invalid('an insertion has a text');
    change.insert(input.text);
  } else {
    if (!isLength(input.length)) throw invalid('a length is a whole number from 0');
    change.delete(input.length);
  }
  return change.chop();
}

function isSimple(input: unknown): input is SimpleChange {
  const type = (input as SimpleChange | null)?.type;
  return type === 'insert' || type === 'delete';
}

function checkedOp(op: Op): Op {
  const kinds = ['insert', 'retain', 'delete'].filter((kind) => op?.[kind as keyof Op] !== undefined);
  if (kinds.length !== 1) throw invalid('a component has exactly one of insert, retain, delete');
  if (op.insert !== undefined) {
    const embed = typeof op.insert === 'object' && op.insert !== null && Object.keys(op.insert).length === 1;
    if (typeof op.insert !== 'string' && !embed) throw invalid('an insertion is a text or an embed of one key');
    return canonicalInsert(op);
  }
  if (!isLength(op.retain ?? op.delete)) throw invalid('a retain or delete is a whole number');
  if (op.delete !== undefined) return { delete: op.delete };
  return op.attributes && Object.keys(op.attributes).length ? op : { retain: op.retain! };
}

// An insertion has no attribute to take away.
function canonicalInsert({ insert, attributes }: Op): Op {
  const entries = Object.entries(attributes ?? {}).filter(([, value]) => value !== null);
  return entries.length ? { insert: insert!, attributes: Object.fromEntries(entries) } : { insert: insert! };
}

function isLength(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function equal(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const keys = Object.keys(a).filter((key) => (a as Record<string, unknown>)[key] !== undefined);
  const others = Object.keys(b).filter((key) => (b as Record<string, unknown>)[key] !== undefined);
  return (
    keys.length === others.length &&
    keys.every((key) => Object.hasOwn(b, key) && equal((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key]))
  );
}

function invalid(message: string): TuttiError {
  return new TuttiError('invalid-operation', message);
}
