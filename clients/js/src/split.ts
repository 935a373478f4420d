// Splitting a change that is larger than the server takes in one operation.
//
// The size that counts is that of the compact JSON in UTF-8; beside it, a change may have at most 10,000 components.

import Delta from 'quill-delta';
import type { Op } from 'quill-delta';
import { encodeChanges } from './change.js';

export const COMPONENTS_MAX = 10_000;

/** The bytes of a value as compact JSON in UTF-8. */
export function jsonBytes(value: unknown): number {
  const json = JSON.stringify(value);
  let bytes = json.length;
  for (let i = 0; i < json.length; i++) {
    const unit = json.charCodeAt(i);
    if (unit < 0x80) continue;
    if (unit < 0x800 || (unit >= 0xd800 && unit <= 0xdfff)) bytes += 1;
    else bytes += 2;
  }
  return bytes;
}

export function fits(change: Delta, limit: number): boolean {
  return change.ops.length <= COMPONENTS_MAX && (limit === Infinity || jsonBytes(encodeChanges(change)) <= limit);
}

/**
 * Divides `change` into a head that fits into `limit` bytes and the tail that stands on the result of the head.
 * Text is cut between code points. Returns null if not even the first edit fits.
 */
export function split(change: Delta, limit: number): { head: Delta; tail: Delta } | null {
  const head = new Delta();
  const rest = [...change.ops];
  let budget = limit - 2;
  while (rest.length && head.ops.length < COMPONENTS_MAX) {
    const op = rest[0]!;
    const bytes = jsonBytes(encodeChanges(new Delta([op]))[0]) + 1;
    if (bytes <= budget) {
      head.push(op);
      budget -= bytes;
      rest.shift();
      continue;
    }
    const cut = typeof op.insert === 'string' ? cutText(op, budget) : 0;
    if (cut) {
      head.insert((op.insert as string).slice(0, cut), op.attributes);
      rest[0] = { ...op, insert: (op.insert as string).slice(cut) };
    }
    break;
  }
  head.chop();
  if (!head.ops.length) return null;
  // What was retained at the end of the head is retained again by the tail.
  const tail = new Delta().retain(targetLengthOf(change, rest));
  for (const op of rest) tail.push(op);
  return { head, tail: tail.chop() };
}

// The length, after the head, of what stands before the rest.
function targetLengthOf(change: Delta, rest: Op[]): number {
  const length = (ops: Op[]) =>
    ops.reduce((sum, op) => sum + (op.insert === undefined ? (typeof op.retain === 'number' ? op.retain : 0) : typeof op.insert === 'string' ? op.insert.length : 1), 0);
  return length(change.ops) - length(rest);
}

// How many code units of the text fit into `budget` bytes.
function cutText(op: Op, budget: number): number {
  const text = op.insert as string;
  const bytesAt = (n: number) => jsonBytes(encodeChanges(new Delta([{ ...op, insert: text.slice(0, n) }]))[0]) + 1;
  let low = 0;
  let high = Math.min(text.length, Math.max(budget, 0));
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (bytesAt(middle) <= budget) low = middle;
    else high = middle - 1;
  }
  const unit = text.charCodeAt(low - 1);
  return unit >= 0xd800 && unit <= 0xdbff ? low - 1 : low;
}
