// Undo and redo of one's own edits, with others typing in between.

import Delta from 'quill-delta';
import { describe, expect, it } from 'vitest';
import { Document } from '../src/document.js';
import { UndoManager } from '../src/undo.js';
import { FakeLink, FakeTimers } from './support/fake-link.js';
import { randomSource } from './support/random.js';

function openDocument(content = '') {
  const document = new Document('notes', { client: 'me', create: true }, new FakeTimers());
  const link = new FakeLink();
  document.connected(link, 'socket-1');
  link.sent[0]!.answer({ ok: true, type: 'text', epoch: 'e', from: 0, version: 0, content, access: 'write', users: [], userCount: 1, limits: {} });
  let version = 0;
  const remote = (change: Delta) => {
    document.received('update', { from: version, version: ++version, changes: change.ops } as never);
  };
  return { document, link, remote };
}

it('takes edits back and brings them again', () => {
  const { document } = openDocument('hello');
  const undo = new UndoManager(document, { groupWithin: 0 });
  document.insert(5, ' world');
  document.delete(0, 1);
  expect(undo.undo()).toBe(true);
  expect(document.text).toBe('hello world');
  undo.undo();
  expect(document.text).toBe('hello');
  expect(undo.undo()).toBe(false);
  undo.redo();
  undo.redo();
  expect(document.text).toBe('ello world');
  expect(undo.canRedo).toBe(false);
});

it('takes together what was typed in one go', () => {
  const { document } = openDocument();
  let now = 0;
  const undo = new UndoManager(document, { now: () => now });
  for (const letter of 'abc') document.insert(document.length, letter);
  now = 1000;
  document.insert(3, 'd');
  undo.undo();
  expect(document.text).toBe('abc');
  undo.undo();
  expect(document.text).toBe('');
});

it('forgets what could be redone at the next edit', () => {
  const { document } = openDocument();
  const undo = new UndoManager(document);
  document.insert(0, 'a');
  undo.undo();
  document.insert(0, 'b');
  expect(undo.canRedo).toBe(false);
});

it('leaves alone what others typed into one’s own text', () => {
  const { document, remote } = openDocument();
  const undo = new UndoManager(document);
  document.insert(0, 'mine');
  remote(new Delta().insert('theirs '));
  expect(document.text).toBe('theirs mine');
  undo.undo();
  expect(document.text).toBe('theirs ');
});

it('forgets edits that were refused', () => {
  const { document, link } = openDocument('x');
  const undo = new UndoManager(document);
  document.delete(0, 1);
  link.sent[1]!.answer({ ok: false, error: { code: 'forbidden', message: '' } });
  expect(document.text).toBe('x');
  expect(undo.undo()).toBe(false);
});

it('keeps no more entries than it may', () => {
  const { document } = openDocument();
  const undo = new UndoManager(document, { groupWithin: 0, entriesMax: 3 });
  for (let i = 0; i < 5; i++) document.insert(0, 'x');
  while (undo.undo());
  expect(document.text).toBe('xx');
});

describe('in any interleaving with others', () => {
  it('undoing everything takes away exactly what is left of one’s own insertions', () => {
    for (let seed = 0; seed < 300; seed++) {
      const random = randomSource(seed);
      const below = (n: number) => Math.floor(random() * n);
      const { document, remote } = openDocument('base');
      const undo = new UndoManager(document, { groupWithin: 0 });
      for (let i = 0; i < 30; i++) {
        const at = below(document.length + 1);
        if (random() < 0.5) document.insert(at, 'M'.repeat(1 + below(3)));
        else if (random() < 0.6) remote(new Delta().retain(committedLength(document, at)).insert('t'));
        else if (document.pendingEdits === 0 || at < 4) remote(new Delta().retain(Math.min(at, 1)).delete(1));
      }
      const others = document.text.replaceAll('M', '');
      while (undo.undo());
      expect(document.text, `seed ${seed}`).toBe(others);
      while (undo.redo());
      expect(document.text.replaceAll('M', ''), `seed ${seed}`).toBe(others);
    }
  });
});

// A position of the visible content cannot be beyond the committed one, which holds none of our letters: nothing is acknowledged here.
function committedLength(document: Document, at: number): number {
  return Math.min(at, document.text.replaceAll('M', '').length);
}
