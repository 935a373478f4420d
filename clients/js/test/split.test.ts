import Delta from 'quill-delta';
import { expect, it } from 'vitest';
import { encodeChanges, hasLoneSurrogate } from '../src/change.js';
import { COMPONENTS_MAX, fits, jsonBytes, split } from '../src/split.js';
import { randomSource } from './support/random.js';

it.each(['', 'abc', 'é', '€', '😀', '"\\\n\u0001', 'a😀é€'])('counts the bytes of %j as the wire does', (text) => {
  expect(jsonBytes(text)).toBe(new TextEncoder().encode(JSON.stringify(text)).length);
});

it('divides any change into a part that fits and the rest, which compose to the whole', () => {
  const random = randomSource(7);
  const below = (n: number) => Math.floor(random() * n);
  for (let i = 0; i < 2000; i++) {
    const change = new Delta();
    for (let n = 1 + below(6); n > 0; n--) {
      const kind = below(4);
      if (kind === 0) change.retain(1 + below(20));
      else if (kind === 1) change.delete(1 + below(20));
      else change.insert(['a', '😀', 'é"', '\n'][below(4)]!.repeat(1 + below(30)), below(3) ? undefined : { bold: true });
    }
    change.chop();
    const limit = 60 + below(40);
    if (!change.ops.length || fits(change, limit)) continue;
    const { head, tail } = split(change, limit)!;
    expect(fits(head, limit)).toBe(true);
    expect(head.compose(tail).ops).toEqual(change.ops);
    for (const op of [...head.ops, ...tail.ops]) if (typeof op.insert === 'string') expect(hasLoneSurrogate(op.insert)).toBe(false);
  }
});

it('divides a change of too many components', () => {
  const change = new Delta();
  for (let i = 0; i < COMPONENTS_MAX; i++) change.retain(1).insert('x');
  const { head, tail } = split(change, Infinity)!;
  expect(head.ops.length).toBeLessThanOrEqual(COMPONENTS_MAX);
  expect(encodeChanges(head.compose(tail))).toEqual(encodeChanges(change));
});

it('says so when not even the first edit fits', () => {
  expect(split(new Delta().retain(5).insert({ image: 'x'.repeat(100) }), 50)).toBeNull();
});
