// The same work by the libraries that applications use today. Each entry: name of ot-bench's figure, peer, run() -> checked.
import JumpRope from 'jumprope';
import makeType from 'ot-text-unicode/dist/type.js';
import * as Y from 'yjs';
import QuillDelta from 'quill-delta';
import { load, operationOf, patchesOf, sessionSteps } from './traces.mjs';

const Delta = QuillDelta.default ?? QuillDelta;

// ot-text-unicode over the skip-list rope of its author, edited in place.
const ropeType = (makeType.default ?? makeType)({
  create: (text) => new JumpRope(text),
  toString: (rope) => rope.toString(),
  slice: (text, from, to) => text.slice(from, to),
  builder: (rope) => {
    let position = 0;
    return {
      skip: (n) => { position += n; },
      append: (text) => { rope.insert(position, text); position += text.length; },
      del: (n) => rope.del(position, n),
      build: () => rope,
    };
  },
});

const same = (got, expected) => {
  if (got !== expected) throw new Error('another text');
};

const replayRope = (name) => {
  const trace = load(name);
  const operations = patchesOf(trace).map(operationOf);
  return () => {
    let document = ropeType.create('');
    for (const operation of operations) document = ropeType.apply(document, operation);
    same(document.toString(), trace.endContent);
  };
};

const replayYjs = (name) => {
  const trace = load(name);
  const patches = patchesOf(trace);
  return () => {
    const text = new Y.Doc().getText();
    for (const [position, erased, inserted] of patches) {
      if (erased > 0) text.delete(position, erased);
      if (inserted) text.insert(position, inserted);
    }
    same(text.toString(), trace.endContent);
  };
};

const session = () => {
  const trace = load('friendsforever');
  const steps = sessionSteps(trace);
  return () => {
    let document = ropeType.create('');
    const unseen = [[], []];
    const history = [];
    for (const { number, agent, seen, operation } of steps) {
      const queue = unseen[agent];
      while (queue.length > 0 && queue[0].number < seen) queue.shift();
      let moved = operation;
      for (const committed of queue) {
        const other = ropeType.transform(committed.operation, moved, 'left');
        moved = ropeType.transform(moved, committed.operation, 'right');
        committed.operation = other;
      }
      document = ropeType.apply(document, moved);
      unseen[1 - agent].push({ number, operation: moved });
      history.push(moved);
    }
    same(document.toString(), trace.endContent);
  };
};

// Delta has no tree: composed two by two, which is the best that its interface allows.
const composeDelta = (count) => {
  const changes = [];
  for (let i = 0; i < count; i++) changes.push(new Delta().retain(1 + Math.floor(Math.random() * 100_000)).insert('x'));
  const compose = (from, to) => {
    if (to - from === 1) return changes[from];
    const half = (from + to) >> 1;
    return compose(from, half).compose(compose(half, to));
  };
  return () => compose(0, count);
};

const traces = ['automerge-paper', 'rustcode', 'sveltecomponent', 'seph-blog1'];
export const peers = [
  ...traces.map((name) => [`replay/${name}`, 'ot-text-unicode + jumprope', replayRope(name), 5]),
  ...traces.map((name) => [`replay/${name}`, 'yjs', replayYjs(name), 3]),
  ['session/friendsforever', 'ot-text-unicode + jumprope', session(), 5],
  ['compose/500', 'quill-delta', composeDelta(500), 9],
];
