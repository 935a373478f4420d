// Changes on the wire (compact form) and as quill-delta values, and their effect on a string.
import QuillDelta from 'quill-delta';

export const Delta = QuillDelta.default ?? QuillDelta;

export function fromCompact(changes) {
  const delta = new Delta();
  for (const component of changes) {
    if (typeof component === 'string') delta.insert(component);
    else if (typeof component === 'object') delta.push(component);
    else if (component > 0) delta.retain(component);
    else delta.delete(-component);
  }
  return delta;
}

export function toCompact(delta) {
  return delta.ops.map((op) => {
    if (op.attributes || (op.insert !== undefined && typeof op.insert !== 'string')) return op;
    return op.insert ?? op.retain ?? -op.delete;
  });
}

export function applyToText(text, delta) {
  let out = '';
  let position = 0;
  for (const op of delta.ops) {
    if (op.insert !== undefined) out += op.insert;
    else if (op.delete !== undefined) position += op.delete;
    else {
      out += text.slice(position, position + op.retain);
      position += op.retain;
    }
    if (position > text.length) throw new Error(`a change reaches ${position} in a text of ${text.length}`);
  }
  return out + text.slice(position);
}

// One edit of a trace: at `position` remove `deleted`, put `inserted`.
export function editOf([position, deleted, inserted]) {
  return new Delta().retain(position).insert(inserted).delete(deleted);
}

export const composed = (changes) => changes.reduce((all, change) => all.compose(change), new Delta());
export const sameChange = (a, b) => JSON.stringify(a.ops) === JSON.stringify(b.ops);
