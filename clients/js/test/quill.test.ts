// @vitest-environment jsdom
import Delta from 'quill-delta';
import Quill from 'quill';
import { beforeAll, beforeEach, expect, it } from 'vitest';
import { decodeContent } from '../src/content.js';
import { Document } from '../src/document.js';
import { collaborate, shown, toDocument, toEditor } from '../src/quill.js';
import { FakeLink, FakeTimers } from './support/fake-link.js';

let document: Document;
let link: FakeLink;
let quill: Quill;
let version: number;

beforeAll(() => {
  globalThis.ResizeObserver ??= class { observe() {} unobserve() {} disconnect() {} };
  Range.prototype.getBoundingClientRect ??= () => new DOMRect();
});

beforeEach(() => {
  document = new Document('notes', { client: 'me', create: true, type: 'rich-text' }, new FakeTimers());
  link = new FakeLink();
  version = 0;
  document.connected(link, 'socket-1');
  const host = globalThis.document.createElement('div');
  globalThis.document.body.append(host);
  quill = new Quill(host);
  collaborate(quill, document, { cursors: false });
});

function load(content: unknown[] = [], fields: object = {}) {
  link.sent[0]!.answer({ ok: true, type: 'rich-text', epoch: 'e', from: 0, version: 0, content, access: 'write', users: [], userCount: 1, limits: {}, ...fields });
  return new Promise((resolve) => setTimeout(resolve));
}
function remote(change: Delta) {
  document.received('update', { from: version, version: ++version, changes: change.ops } as never);
}
const canonical = (delta: { ops: object[] }) => JSON.parse(JSON.stringify(new Delta(delta.ops as never).ops));
const agree = () => expect(canonical(quill.getContents())).toEqual(canonical(shown(document.content)));

it('shows the document, with a line break that is not there where it has none', async () => {
  await load(['hello']);
  expect(quill.getText()).toBe('hello\n');
  expect(document.text).toBe('hello');
});

it('puts the line break into the document with the first edit', async () => {
  await load();
  quill.insertText(0, 'a', 'user');
  expect(document.content.ops).toEqual([{ insert: 'a\n' }]);
  quill.formatLine(0, 1, 'header', 1, 'user');
  expect(document.content.ops).toEqual([{ insert: 'a' }, { insert: '\n', attributes: { header: 1 } }]);
  agree();
});

it('carries formats and text both ways', async () => {
  await load(['hello world\n']);
  quill.formatText(0, 5, 'bold', true, 'user');
  remote(new Delta().retain(6).insert('big ').retain(5, { italic: true }));
  quill.deleteText(0, 1, 'user');
  agree();
  expect(document.text).toBe('ello big world\n');
});

it('follows others across the presence and absence of a last line break', async () => {
  await load(['a']);
  for (const change of [
    new Delta().retain(1).insert('\n'),
    new Delta().retain(1).delete(1),
    new Delta().retain(1).insert('b\nc'),
    new Delta().delete(4),
    new Delta().insert('x').insert('\n', { list: 'bullet' }),
  ]) {
    remote(change);
    agree();
  }
});

it('takes back what the document does not take', async () => {
  await load(['hello\n'], { access: 'read' });
  quill.insertText(0, 'x', 'api');
  expect(quill.getText()).toBe('hello\n');
  expect(quill.isEnabled()).toBe(false);
});

it('translates changes where only one of the two ends with a line break', () => {
  const before = decodeContent('rich-text', ['a']);
  expect(toEditor(new Delta().retain(1).insert('b\n'), before, new Delta().insert('ab\n')).ops).toEqual([{ retain: 1 }, { insert: 'b\n' }, { delete: 1 }]);
  expect(toDocument(new Delta().insert('x'), new Delta().insert('a')).ops).toEqual([{ insert: 'x' }, { retain: 1 }, { insert: '\n' }]);
});
