// @vitest-environment jsdom
import { history, undo } from '@codemirror/commands';
import { EditorState } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import Delta from 'quill-delta';
import { beforeEach, expect, it } from 'vitest';
import { collaborate, toChangeSpec, toDelta } from '../src/codemirror.js';
import { Document } from '../src/document.js';
import { FakeLink, FakeTimers } from './support/fake-link.js';
import { randomSource } from './support/random.js';

let document: Document;
let link: FakeLink;
let version: number;

Range.prototype.getClientRects = () => [] as unknown as DOMRectList; // jsdom lays nothing out

beforeEach(() => {
  document = new Document('notes', { client: 'me', create: true }, new FakeTimers());
  link = new FakeLink();
  version = 0;
  document.connected(link, 'socket-1');
});

function load(content = '', fields: object = {}) {
  link.sent[0]!.answer({ ok: true, type: 'text', epoch: 'e', from: 0, version: 0, content, access: 'write', users: [], userCount: 1, limits: {}, ...fields });
}
function remote(change: Delta) {
  document.received('update', { from: version, version: ++version, changes: change.ops } as never);
}
const editor = () =>
  new EditorView({ parent: globalThis.document.body, state: EditorState.create({ doc: document.text, extensions: [history(), collaborate(document)] }) });
const settle = () => new Promise((resolve) => setTimeout(resolve));

it('fills in when the document is there', async () => {
  const view = editor();
  load('hello\nworld');
  await settle();
  expect(view.state.doc.toString()).toBe('hello\nworld');
});

it('lets nobody type before that, nor into what is read only or closed', async () => {
  const view = editor();
  view.dispatch({ changes: { from: 0, insert: 'x' } });
  expect(view.state.doc.length).toBe(0);
  load('hello', { access: 'read' });
  await settle();
  view.dispatch({ changes: { from: 0, insert: 'x' } });
  expect(view.state.doc.toString()).toBe('hello');
});

it('carries edits both ways', () => {
  load('hello');
  const view = editor();
  view.dispatch({ changes: [{ from: 0, insert: '>' }, { from: 4, to: 5, insert: 'p!' }] });
  expect(document.text).toBe('>hellp!');
  remote(new Delta().insert('theirs '));
  expect(view.state.doc.toString()).toBe('theirs >hellp!');
});

it('shows what the application itself puts into the document', () => {
  load('hello');
  const view = editor();
  document.insert(5, ' there');
  expect(view.state.doc.toString()).toBe('hello there');
});

it('undoes one’s own edits only', () => {
  load('hello');
  const view = editor();
  view.dispatch({ changes: { from: 5, insert: ' mine' } });
  remote(new Delta().retain(2).insert('[theirs]'));
  undo(view);
  expect(view.state.doc.toString()).toBe('he[theirs]llo');
  expect(document.text).toBe('he[theirs]llo');
});

it('undoes in the editor what the server refused', () => {
  load('hello');
  const view = editor();
  view.dispatch({ changes: { from: 5, insert: ' mine' } });
  link.sent.at(-1)!.answer({ ok: false, error: { code: 'forbidden', message: '' } });
  expect(view.state.doc.toString()).toBe('hello');
});

it('never lets half a surrogate pair through', () => {
  load('a😀b');
  const view = editor();
  view.dispatch({ changes: { from: 1, to: 2 } });
  view.dispatch({ changes: { from: 0, insert: '\ud83d' } });
  expect(view.state.doc.toString()).toBe('a😀b');
  view.dispatch({ changes: { from: 2, to: 3, insert: '\ude01' } });
  expect(document.text).toBe('a😁b');
  expect(link.sent.at(-1)!.payload.changes).toEqual([1, '😁', -2]);
});

it('keeps a carriage return as a character, so that positions agree', () => {
  load('a\r\nb');
  const view = editor();
  expect(view.state.doc.length).toBe(4);
  remote(new Delta().retain(3).insert('x'));
  expect(view.state.doc.toString()).toBe('a\r\nxb');
  expect(view.state.sliceDoc()).toBe(document.text);
});

it('stops when it is destroyed', () => {
  load('hello');
  const view = editor();
  view.destroy();
  remote(new Delta().insert('x'));
  expect(view.state.doc.toString()).toBe('hello');
});

it('stays equal to the document in any mixture of edits', () => {
  load('');
  const view = editor();
  const random = randomSource(3);
  const below = (n: number) => Math.floor(random() * n);
  for (let i = 0; i < 500; i++) {
    const { length } = view.state.doc;
    const from = below(length + 1);
    const to = Math.min(length, from + below(4));
    const insert = ['', 'a', 'b\n', '\n\nc'][below(4)]!;
    if (random() < 0.6) view.dispatch({ changes: { from, to, insert } });
    else document.apply(new Delta().retain(from).insert(insert).delete(to - from));
    expect(view.state.sliceDoc()).toBe(document.text);
  }
});

it('translates changes there and back', () => {
  const state = EditorState.create({ doc: 'hello world' });
  const change = new Delta().retain(2).insert('XY').delete(3).retain(1).insert('\n');
  expect(toDelta(state.changes(toChangeSpec(change))).ops).toEqual(change.ops);
});
