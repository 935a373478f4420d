import Delta from 'quill-delta';
import { describe, expect, it } from 'vitest';
import { hasLoneSurrogate } from '../src/change.js';
import { checkedChange, decodeContent, RichContent, TextContent } from '../src/content.js';
import type { Content } from '../src/content.js';
import { unitsOf } from '../src/difference.js';
import { randomSource } from './support/random.js';

const random = randomSource(11);
const below = (n: number) => Math.floor(random() * n);
const alphabet = ['a', 'b', '😀', '😁', 'é', '\ue000'];
const word = (n = 8) => Array.from({ length: below(n) }, () => alphabet[below(alphabet.length)]).join('');

function richDelta(): Delta {
  const delta = new Delta();
  for (let n = below(5); n > 0; n--) delta.insert(below(5) ? word(5) : ({ image: 'x' } as never), below(2) ? { bold: true } : undefined);
  return delta;
}

function boundariesAreWhole(content: Content, change: Delta): boolean {
  const text = unitsOf(content.toDelta());
  let position = 0;
  return change.ops.every((op) => {
    if (typeof op.insert === 'string') return !hasLoneSurrogate(op.insert);
    if (op.insert === undefined) position += op.delete ?? (op.retain as number);
    return !hasLoneSurrogate(text.slice(0, position));
  });
}

describe('a text', () => {
  it('applies and inverts as a Delta does', () => {
    for (let i = 0; i < 500; i++) {
      const text = 'x' + word(12);
      const at = below(text.length + 1);
      const change = new Delta().retain(at).insert(word()).delete(below(text.length - at + 1)).chop();
      const content = new TextContent(text);
      expect(content.apply(change).toString()).toBe(unitsOf(new Delta().insert(text).compose(change)));
      expect(content.apply(change).apply(content.invert(change)).toString()).toBe(text);
    }
  });

  it('refuses what reaches beyond its end', () => {
    expect(() => new TextContent('abc').apply(new Delta().retain(4).insert('x'))).toThrow();
    expect(() => new RichContent(new Delta().insert('abc')).apply(new Delta().delete(4))).toThrow();
  });
});

describe('the difference of two contents', () => {
  it('makes one of the other, in whole code points', () => {
    for (let i = 0; i < 5000; i++) {
      const [a, b] = [new TextContent(word(12)), new TextContent(word(12))];
      const change = a.differenceTo(b);
      expect(a.apply(change).toString()).toBe(b.toString());
      expect(boundariesAreWhole(a, change)).toBe(true);
    }
  });

  it('does so for rich text', () => {
    for (let i = 0; i < 2000; i++) {
      const [a, b] = [new RichContent(richDelta()), new RichContent(richDelta())];
      const change = a.differenceTo(b);
      expect(a.apply(change).toDelta().ops).toEqual(b.toDelta().ops);
      expect(boundariesAreWhole(a, change)).toBe(true);
    }
  });

  it('is small where little differs, and quick where much does', () => {
    const long = 'lorem ipsum '.repeat(20_000);
    expect(new TextContent(long).differenceTo(new TextContent(long.replace('ipsum', 'IPSUM'))).ops).toEqual([{ retain: 6 }, { insert: 'IPSUM' }, { delete: 5 }]);
    const other = Array.from(long).reverse().join('');
    const start = performance.now();
    expect(new TextContent(long).apply(new TextContent(long).differenceTo(new TextContent(other))).toString()).toBe(other);
    expect(performance.now() - start).toBeLessThan(10_000);
  });
});

describe('an edit', () => {
  const check = (text: string, change: Delta) => checkedChange(new TextContent(text), change);

  it('is left alone where it is fine', () => {
    const change = new Delta().retain(1).insert('😀').delete(1);
    expect(check('abc', change)).toBe(change);
  });

  it('takes the whole pair where it splits one', () => {
    // What an editor reports when 😀 is replaced by 😁: only the second half differs.
    const fixed = check('a😀b', new Delta().retain(2).insert('\ude01').delete(1));
    expect(new TextContent('a😀b').apply(fixed).toString()).toBe('a😁b');
    expect(boundariesAreWhole(new TextContent('a😀b'), fixed)).toBe(true);
  });

  it.each([
    new Delta().insert('\ud83d'),
    new Delta().retain(1).delete(1),
    new Delta().retain(2).insert('x'),
  ])('is refused where it would leave half a pair: %j', (change) => {
    expect(() => check('a😀b', change)).toThrow(expect.objectContaining({ code: 'invalid-operation' }));
  });

  it('has neither attributes nor embeds in a text', () => {
    expect(() => check('abc', new Delta().insert('x', { bold: true }))).toThrow(/attributes/);
    expect(() => check('abc', new Delta().insert({ image: 'x' }))).toThrow(/embeds/);
    const rich = decodeContent('rich-text', ['abc']);
    expect(checkedChange(rich, new Delta().insert({ image: 'x' })).ops).toHaveLength(1);
  });
});
