// The difference of two contents, in whole code points.
//
// The stock diff works on code units and can cut a surrogate pair in two. So every character outside the basic plane is first replaced by
// one private-use unit that occurs in neither content, and the lengths are translated back afterwards.

import Delta from 'quill-delta';

/** The change that makes `b` of `a`; both are contents (insertions alone). */
export function difference(a: Delta, b: Delta): Delta {
  const alphabet = new Alphabet([a, b]);
  if (!alphabet.needed) return a.diff(b);
  const encoded = alphabet.encode(a);
  if (!encoded || !alphabet.encode(b)) return new Delta(b.ops).delete(a.length());
  const units = unitsOf(encoded);
  const change = new Delta();
  let position = 0;
  for (const op of encoded.diff(alphabet.encode(b)!).ops) {
    if (op.insert !== undefined) {
      change.insert(typeof op.insert === 'string' ? alphabet.decode(op.insert) : op.insert, op.attributes);
      continue;
    }
    const end = position + (op.delete ?? (op.retain as number));
    const length = alphabet.decode(units.slice(position, end)).length;
    if (op.delete) change.delete(length);
    else change.retain(length, op.attributes);
    position = end;
  }
  return change.chop();
}

class Alphabet {
  private readonly toUnit = new Map<string, string>();
  private readonly fromUnit = new Map<string, string>();
  private readonly free: Iterator<string>;
  readonly needed: boolean;

  constructor(contents: Delta[]) {
    const text = contents.map(unitsOf).join('');
    this.needed = /[\ud800-\udfff]/.test(text);
    const used = new Set(text.match(/[\ue000-\uf8ff]/g));
    this.free = unused(used);
  }

  /** Null where there are more different characters than there are units. */
  encode(content: Delta): Delta | null {
    let complete = true;
    const encodeText = (text: string) =>
      text.replace(/[\ud800-\udbff][\udc00-\udfff]/g, (pair) => {
        const unit = this.toUnit.get(pair) ?? this.assign(pair);
        if (unit === undefined) complete = false;
        return unit ?? '';
      });
    const ops = content.ops.map((op) => (typeof op.insert === 'string' ? { ...op, insert: encodeText(op.insert) } : op));
    return complete ? new Delta(ops) : null;
  }

  decode(text: string): string {
    return text.replace(/[\ue000-\uf8ff]/g, (unit) => this.fromUnit.get(unit) ?? unit);
  }

  private assign(pair: string): string | undefined {
    const { value } = this.free.next() as { value: string | undefined };
    if (value === undefined) return undefined;
    this.toUnit.set(pair, value);
    this.fromUnit.set(value, pair);
    return value;
  }
}

function* unused(used: Set<string>): Generator<string> {
  for (let unit = 0xe000; unit <= 0xf8ff; unit++) {
    const character = String.fromCharCode(unit);
    if (!used.has(character)) yield character;
  }
}

/** The text with a placeholder for each embed, so that positions agree. */
export function unitsOf(content: Delta): string {
  return content.ops.map((op) => (typeof op.insert === 'string' ? op.insert : '\0')).join('');
}
