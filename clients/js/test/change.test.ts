import Delta from 'quill-delta';
import { describe, expect, it } from 'vitest';
import { baseLength, composeAll, decodeChanges, encodeChanges, sameChange, toDelta } from '../src/change.js';

const invalid = expect.objectContaining({ code: 'invalid-operation' });

describe('the compact form', () => {
  it.each([
    [[5, 'abc', -2], new Delta().retain(5).insert('abc').delete(2)],
    [[], new Delta()],
    [[{ insert: 'abc', attributes: { bold: true } }], new Delta().insert('abc', { bold: true })],
    [[2, { retain: 3, attributes: { bold: null } }], new Delta().retain(2).retain(3, { bold: null } as never)],
    [[{ insert: { image: 'x' } }], new Delta().insert({ image: 'x' })],
  ] as const)('is read and written: %j', (compact, delta) => {
    expect(decodeChanges(compact as never).ops).toEqual(delta.ops);
    expect(encodeChanges(delta)).toEqual(compact);
  });

  it('is made canonical: neighbours joined, insertions first, no retain at the end', () => {
    expect(encodeChanges(decodeChanges([1, 2, -1, 'a', 'b', -1, 7]))).toEqual([3, 'ab', -2]);
  });

  it('drops attributes that mean nothing', () => {
    const change = decodeChanges([{ insert: 'a', attributes: { bold: null as never } }, { retain: 2, attributes: {} }, { delete: 1, attributes: { x: 1 } }]);
    expect(change.ops).toEqual([{ insert: 'a' }, { retain: 2 }, { delete: 1 }]);
  });

  it.each([[[0]], [[1.5]], [[{}]], [[{ insert: 'a', delete: 1 }]], [[{ insert: { a: 1, b: 2 } }]], [[{ retain: -1 }]], [[{ retain: { image: 1 } }]], [[null]]])(
    'refuses %j',
    (changes) => {
      expect(() => decodeChanges(changes as never)).toThrow(invalid);
    },
  );
});

describe('the other forms', () => {
  it('takes a Delta', () => {
    expect(toDelta({ ops: [{ retain: 2 }, { insert: 'x' }] }).ops).toEqual([{ retain: 2 }, { insert: 'x' }]);
  });

  it('takes the simple form', () => {
    expect(toDelta({ type: 'insert', position: 2, text: 'x' }).ops).toEqual([{ retain: 2 }, { insert: 'x' }]);
    expect(toDelta({ type: 'delete', position: 0, length: 3 }).ops).toEqual([{ delete: 3 }]);
  });

  it('takes several, each on the result of those before', () => {
    const change = toDelta([
      { type: 'insert', position: 0, text: 'ab' },
      { type: 'delete', position: 1, length: 2 },
    ]);
    expect(change.ops).toEqual([{ insert: 'a' }, { delete: 1 }]);
  });

  it.each([null, 'text', 5, {}, [{ type: 'insert', position: 0, text: 'a' }, 'b'], { type: 'insert', position: -1, text: 'a' }, { type: 'insert', position: 0 }, { type: 'delete', position: 0, length: 0.5 }])(
    'refuses %j',
    (input) => {
      expect(() => toDelta(input as never)).toThrow(invalid);
    },
  );
});

it('knows how much of the old content a change speaks about', () => {
  expect(baseLength(decodeChanges([3, 'abc', -2, { retain: 4, attributes: { bold: true } }]))).toBe(9);
});

it('composes a list in pairs as it would one by one', () => {
  const list = Array.from({ length: 9 }, (_, i) => new Delta().retain(i).insert(String(i)));
  expect(composeAll(list).ops).toEqual([{ insert: '012345678' }]);
});

it('compares by value, not by the order of keys', () => {
  const a = new Delta([{ insert: 'x', attributes: { a: 1, b: { c: [1, 2] } } }]);
  expect(sameChange(a, new Delta([{ attributes: { b: { c: [1, 2] }, a: 1 }, insert: 'x' }]))).toBe(true);
  expect(sameChange(a, new Delta([{ attributes: { b: { c: [2, 1] }, a: 1 }, insert: 'x' }]))).toBe(false);
});
