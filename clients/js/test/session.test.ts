// Every rule of the client half of the document protocol, one by one.

import Delta from 'quill-delta';
import { describe, expect, it } from 'vitest';
import { Rig, refusal } from './support/fake-link.js';

const update = (from: number, version: number, changes: unknown[]) => ({ type: 'text-change', document: 'notes', from, version, changes });

describe('opening', () => {
  it('names the document, the client and what was asked for', () => {
    const rig = new Rig({ type: 'text', profile: { name: 'Ada' } });
    expect(rig.connect().payload).toEqual({ document: 'notes', type: 'text', create: true, client: 'me', profile: { name: 'Ada' } });
  });

  it('takes the whole content the first time', () => {
    const rig = Rig.open('hello');
    expect(rig.text).toBe('hello');
    expect(rig.session).toMatchObject({ phase: 'open', version: 7, epoch: 'e1', type: 'text' });
  });

  it('tries again later while the server cannot', () => {
    const rig = new Rig();
    rig.connect().answer(refusal('unavailable', { retryAfter: 500 }));
    rig.timers.advance(499);
    expect(rig.silent).toBe(true);
    rig.timers.advance(300);
    rig.next('document:open');
  });

  it.each(['not-found', 'forbidden', 'type-mismatch', 'invalid-request', 'too-large'])('gives up at %s', (code) => {
    const rig = new Rig();
    rig.connect().answer(refusal(code));
    expect(rig.closed).toEqual([code]);
    expect(rig.session.phase).toBe('closed');
  });

  it('asks for a new token at unauthenticated', () => {
    const rig = new Rig();
    rig.connect().answer(refusal('unauthenticated'));
    expect(rig.link.reauthentications).toBe(1);
  });

  it('asks again when nobody answers', () => {
    const rig = new Rig();
    rig.connect();
    rig.timers.advance(30_000);
    rig.next('document:open');
  });

  it('refuses edits before the content is there', () => {
    const rig = new Rig();
    rig.connect();
    expect(() => rig.insert(0, 'x')).toThrow(expect.objectContaining({ code: 'not-open' }));
  });
});

describe('one operation in flight', () => {
  it('sends the first edit at once and composes those behind it', () => {
    const rig = Rig.open('hello');
    rig.insert(5, '!');
    rig.insert(6, '?');
    rig.insert(7, '.');
    const first = rig.next('document:operation');
    expect(first.payload).toEqual({ document: 'notes', version: 7, epoch: 'e1', client: 'me', seq: 1, changes: [5, '!'] });
    expect(rig.silent).toBe(true);
    expect(rig.session.replica!.pendingEdits).toBe(3);
    first.answer({ ok: true, from: 7, version: 8, seq: 1, operations: [[5, '!']], index: 0 });
    expect(rig.next('document:operation').payload).toMatchObject({ version: 8, seq: 2, changes: [6, '?.'] });
    expect(rig.session.replica!.pendingEdits).toBe(2);
  });

  it('takes what came before, beside and after it', () => {
    const rig = Rig.open('hello');
    rig.insert(5, '!');
    rig.next('document:operation').answer({
      ok: true, from: 7, version: 10, seq: 1, before: ['A'], operations: [['B'], [7, '!'], ['C']], index: 1, after: ['D'],
    });
    expect(rig.text).toBe('DCBAhello!');
    expect(rig.session.version).toBe(10);
    expect(rig.session.replica!.corrections).toBe(0);
    expect(rig.silent).toBe(true);
  });

  it('lets history go first at the same place', () => {
    const rig = Rig.open('');
    rig.insert(0, 'mine');
    rig.session.received('update', update(7, 8, ['theirs']));
    expect(rig.text).toBe('theirsmine');
  });

  it('corrects its guess when something else was committed, and moves the buffer along', () => {
    const rig = Rig.open('hello');
    rig.insert(5, ' world');
    rig.insert(11, '!');
    rig.next('document:operation').answer({ ok: true, from: 7, version: 8, seq: 1, operations: [[5, ' WORLD?']], index: 0 });
    expect(rig.text).toBe('hello WORLD?!');
    expect(rig.session.replica!.corrections).toBe(1);
    expect(rig.changes.at(-1)).toMatchObject({ origin: 'correction' });
    expect(rig.next('document:operation').payload).toMatchObject({ changes: [12, '!'], version: 8 });
  });

  it('counts a correction when its operation was dropped by the server', () => {
    const rig = Rig.open('hello');
    rig.insert(0, 'x');
    rig.next('document:operation').answer({ ok: true, from: 7, version: 8, seq: 1, operations: [[]], index: 0 });
    expect(rig.text).toBe('hello');
    expect(rig.session.replica!.corrections).toBe(1);
  });

  it('compares attributes by value, whatever the order of keys', () => {
    const rig = Rig.open('' as never, { content: [], type: 'rich-text' });
    rig.session.edit(new Delta().insert('a', { bold: true, color: 'red' }));
    rig.next('document:operation').answer({
      ok: true, from: 7, version: 8, seq: 1, operations: [[{ attributes: { color: 'red', bold: true }, insert: 'a' }]], index: 0,
    });
    expect(rig.session.replica!.corrections).toBe(0);
  });

  it('takes an acknowledgement that comes as an event', () => {
    const rig = Rig.open('hello');
    rig.insert(5, '!');
    rig.session.received('acknowledged', { document: 'notes', from: 7, version: 8, seq: 1, operations: [[5, '!']], index: 0 });
    expect(rig.session.replica!.pendingEdits).toBe(0);
    rig.next('document:operation');
    rig.insert(6, '?');
    expect(rig.next('document:operation').payload.seq).toBe(2);
  });

  it('takes an own operation that it no longer holds as news', () => {
    const rig = Rig.open('hello');
    rig.session.received('acknowledged', { document: 'notes', from: 7, version: 8, seq: 9, before: ['<'], operations: [['x'], [7, '>']], index: 0 });
    expect(rig.text).toBe('x<hello>');
  });

  it('does not send an edit that others have made pointless', () => {
    const rig = Rig.open('hello');
    rig.insert(5, '!');
    rig.session.edit(new Delta().delete(5));
    rig.next('document:operation').answer({ ok: true, from: 7, version: 9, seq: 1, operations: [[5, '!']], index: 0, after: [-5] });
    expect(rig.text).toBe('!');
    expect(rig.silent).toBe(true);
    expect(rig.session.replica!.pendingEdits).toBe(0);
  });
});

describe('deliveries', () => {
  it('ignores what it has', () => {
    const rig = Rig.open('hello');
    rig.session.received('update', update(6, 7, ['x']));
    expect(rig.text).toBe('hello');
    expect(rig.silent).toBe(true);
  });

  it('opens again, with the version held, where one is missing', () => {
    const rig = Rig.open('hello');
    rig.session.received('update', update(8, 9, ['x']));
    const open = rig.next('document:open');
    expect(open.payload).toMatchObject({ version: 7, epoch: 'e1', client: 'me', type: 'text' });
    rig.session.received('update', update(9, 10, ['y']));
    open.answer(rig.opened({ from: 7, version: 10, changes: ['yx', 5, '?'] }));
    expect(rig.text).toBe('yxhello?');
  });

  it('waits longer each time when opening again does not help', () => {
    const rig = Rig.open('hello');
    rig.session.received('update', update(8, 9, ['x']));
    rig.next('document:open').answer(rig.opened({ from: 8, version: 9, changes: ['x'] }));
    expect(rig.silent).toBe(true);
    rig.timers.advance(250);
    rig.next('document:open').answer(rig.opened({ from: 8, version: 9, changes: ['x'] }));
    rig.timers.advance(250);
    expect(rig.silent).toBe(true);
    rig.timers.advance(250);
    rig.next('document:open');
  });

  it('asks for the whole content when a delivery does not fit what it holds, and keeps the pending edits', () => {
    const rig = Rig.open('hello');
    rig.insert(5, '!');
    rig.next('document:operation');
    rig.session.received('update', update(7, 8, [99, 'x']));
    const open = rig.next('document:open');
    expect(open.payload).not.toHaveProperty('version');
    open.answer(rig.opened({ from: 8, version: 8, content: '>> hello' }));
    expect(rig.text).toBe('>> hello!');
    expect(rig.next('document:operation').payload).toMatchObject({ seq: 1, version: 8, changes: [8, '!'] });
  });
});

describe('a lost connection', () => {
  it('keeps what is typed and emits nothing', () => {
    const rig = Rig.open('hello');
    const { link } = rig;
    rig.session.disconnected();
    rig.insert(5, '!');
    expect(link.sent).toHaveLength(1);
    expect(rig.session.phase).toBe('offline');
  });

  it('emits no operation before the document is open again', () => {
    const rig = Rig.open('hello');
    rig.session.disconnected();
    const open = rig.connect();
    rig.insert(5, '!');
    expect(rig.silent).toBe(true);
    expect(open.payload).toMatchObject({ version: 7, epoch: 'e1' });
    open.answer(rig.opened({ from: 7, version: 8, changes: ['>'] }));
    expect(rig.next('document:operation').payload).toMatchObject({ version: 8, changes: [6, '!'] });
  });

  it('sends the operation in flight again, rebased, under the same number', () => {
    const rig = Rig.open('hello');
    rig.insert(5, '!');
    rig.insert(6, '?');
    rig.next('document:operation');
    rig.session.disconnected();
    rig.connect().answer(rig.opened({ from: 7, version: 8, changes: ['>'] }));
    expect(rig.next('document:operation').payload).toMatchObject({ seq: 1, version: 8, changes: [6, '!'] });
  });

  it('does not send again what was committed meanwhile', () => {
    const rig = Rig.open('hello');
    rig.insert(5, '!');
    rig.insert(6, '?');
    rig.next('document:operation');
    rig.session.disconnected();
    rig.connect().answer(rig.opened({ from: 7, version: 8, seq: 1, operations: [[5, '!']], index: 0 }));
    expect(rig.next('document:operation').payload).toMatchObject({ seq: 2, version: 8, changes: [6, '?'] });
  });

  it('ignores answers of the connection before', () => {
    const rig = Rig.open('hello');
    rig.insert(5, '!');
    const operation = rig.next('document:operation');
    rig.session.disconnected();
    rig.connect().answer(rig.opened({ from: 7, version: 7, changes: [] }));
    rig.next('document:operation');
    operation.answer(refusal('forbidden'));
    expect(rig.text).toBe('hello!');
  });

  it('merges the whole content with what is pending', () => {
    const rig = Rig.open('one two');
    rig.insert(7, ' three');
    rig.next('document:operation');
    rig.session.disconnected();
    rig.connect().answer(rig.opened({ from: 3, version: 3, epoch: 'e2', content: 'zero one two' }));
    expect(rig.text).toBe('zero one two three');
    expect(rig.next('document:operation').payload).toMatchObject({ seq: 1, version: 3, epoch: 'e2', changes: [12, ' three'] });
  });

  it('drops the operation in flight when the content has it already', () => {
    const rig = Rig.open('one');
    rig.insert(3, ' two');
    rig.insert(7, ' three');
    rig.next('document:operation');
    rig.session.disconnected();
    rig.connect().answer(rig.opened({ from: 9, version: 9, content: '> one two', seq: 1 }));
    expect(rig.text).toBe('> one two three');
    expect(rig.next('document:operation').payload).toMatchObject({ seq: 2, changes: [9, ' three'] });
  });
});

describe('refusals of an operation', () => {
  it.each(['unavailable', 'rate-limited', 'shutting-down'])('keeps it at %s and sends the same number later, rebased', (code) => {
    const rig = Rig.open('hello');
    rig.insert(5, '!');
    rig.next('document:operation').answer(refusal(code, { retryAfter: 100 }));
    rig.session.received('update', update(7, 8, ['>']));
    rig.insert(7, '?');
    rig.timers.advance(99);
    expect(rig.silent).toBe(true);
    rig.timers.advance(60);
    expect(rig.next('document:operation').payload).toMatchObject({ seq: 1, version: 8, changes: [6, '!'] });
  });

  it('waits longer each time when the server does not say how long', () => {
    const rig = Rig.open('hello');
    rig.insert(5, '!');
    rig.next('document:operation').answer(refusal('unavailable'));
    rig.timers.advance(250);
    rig.next('document:operation').answer(refusal('unavailable'));
    rig.timers.advance(499);
    expect(rig.silent).toBe(true);
    rig.timers.advance(1);
    rig.next('document:operation');
  });

  it('opens at not-open and sends it again', () => {
    const rig = Rig.open('hello');
    rig.insert(5, '!');
    rig.next('document:operation').answer(refusal('not-open'));
    rig.next('document:open').answer(rig.opened({ from: 7, version: 7, changes: [] }));
    expect(rig.next('document:operation').payload.seq).toBe(1);
  });

  it('gets a token at unauthenticated, and goes on after the reconnect', () => {
    const rig = Rig.open('hello');
    rig.insert(5, '!');
    rig.next('document:operation').answer(refusal('unauthenticated'));
    expect(rig.link.reauthentications).toBe(1);
    rig.session.disconnected();
    rig.connect().answer(rig.opened({ from: 7, version: 7, changes: [] }));
    expect(rig.next('document:operation').payload).toMatchObject({ seq: 1, changes: [5, '!'] });
  });

  it('takes the content that comes with stale and sends the rest again', () => {
    const rig = Rig.open('one two');
    rig.insert(7, ' three');
    const stale = refusal('stale');
    rig.next('document:operation').answer({ ...stale, epoch: 'e2', version: 20, type: 'text', content: 'one, two' });
    expect(rig.text).toBe('one, two three');
    expect(rig.next('document:operation').payload).toMatchObject({ seq: 1, version: 20, epoch: 'e2', changes: [8, ' three'] });
  });

  it('asks for the content when stale comes without', () => {
    const rig = Rig.open('one two');
    rig.insert(7, '!');
    rig.next('document:operation').answer(refusal('stale'));
    expect(rig.next('document:open').payload).not.toHaveProperty('version');
  });

  it.each(['invalid-operation', 'invalid-request', 'forbidden', 'not-found', 'type-mismatch', 'too-large', 'something-new'])(
    'undoes it at %s, moves the buffer along and tells the user',
    (code) => {
      const rig = Rig.open('hello');
      rig.session.edit(new Delta().retain(1).insert('XX').delete(2));
      rig.insert(5, '!');
      expect(rig.text).toBe('hXXlo!');
      rig.next('document:operation').answer(refusal(code));
      expect(rig.text).toBe('hello!');
      expect(rig.refused).toMatchObject([{ error: { code }, seq: 1 }]);
      expect(rig.next('document:operation').payload).toMatchObject({ seq: 2, changes: [5, '!'] });
    },
  );

  it('opens again when the server says duplicate and the delivery never came', () => {
    const rig = Rig.open('hello');
    rig.insert(5, '!');
    rig.next('document:operation').answer({ ok: true, version: 9, seq: 1, duplicate: true });
    rig.next('document:open').answer(rig.opened({ from: 7, version: 9, seq: 1, before: ['>'], operations: [[6, '!']], index: 0 }));
    expect(rig.text).toBe('>hello!');
    expect(rig.silent).toBe(true);
  });

  it('ignores duplicate for what is acknowledged', () => {
    const rig = Rig.open('hello');
    rig.insert(5, '!');
    const operation = rig.next('document:operation');
    rig.session.received('acknowledged', { from: 7, version: 8, seq: 1, operations: [[5, '!']], index: 0 });
    operation.answer({ ok: true, version: 8, seq: 1, duplicate: true });
    expect(rig.silent).toBe(true);
  });

  it('opens again when an operation is unanswered for too long', () => {
    const rig = Rig.open('hello');
    rig.insert(5, '!');
    rig.next('document:operation');
    rig.timers.advance(30_000);
    rig.next('document:open').answer(rig.opened({ from: 7, version: 7, changes: [] }));
    expect(rig.next('document:operation').payload.seq).toBe(1);
  });
});

describe('the limit of an operation', () => {
  it('splits what is larger, each part on the result of the one before', () => {
    const rig = Rig.open('', { limits: { operation: 14 } });
    rig.insert(0, 'abcdefghijklmnopqrstuvwxyz');
    const parts: string[] = [];
    for (let version = 7; rig.session.replica!.pendingEdits; version++) {
      const { payload, answer } = rig.next('document:operation');
      expect(JSON.stringify(payload.changes).length).toBeLessThanOrEqual(14);
      parts.push(payload.changes.at(-1));
      answer({ ok: true, from: version, version: version + 1, seq: payload.seq, operations: [payload.changes], index: 0 });
    }
    expect(parts.join('')).toBe('abcdefghijklmnopqrstuvwxyz');
    expect(rig.session.replica!.corrections).toBe(0);
  });

  it('undoes what cannot be split', () => {
    const rig = Rig.open('' as never, { content: ['ab'], type: 'rich-text', limits: { operation: 40 } });
    rig.session.edit(new Delta().retain(1).insert({ image: 'x'.repeat(100) }));
    expect(rig.session.replica!.content.toDelta().ops).toEqual([{ insert: 'ab' }]);
    expect(rig.refused).toMatchObject([{ error: { code: 'too-large' } }]);
    expect(rig.silent).toBe(true);
  });
});

describe('being closed', () => {
  it.each(['deleted', 'access-revoked', 'replaced'] as const)('stays closed at %s, and does not send what was answered not-open', (reason) => {
    const rig = Rig.open('hello');
    rig.insert(5, '!');
    const operation = rig.next('document:operation');
    rig.session.received('document:closed', { document: 'notes', reason });
    operation.answer(refusal('not-open'));
    expect(rig.closed).toEqual([reason]);
    expect(rig.silent).toBe(true);
    expect(() => rig.insert(0, 'x')).toThrow(expect.objectContaining({ code: 'not-open' }));
    rig.session.disconnected();
    const before = rig.link.sent.length;
    rig.session.connected(rig.link);
    expect(rig.link.sent).toHaveLength(before);
  });

  it('opens again at stale, and not twice for the operation that was waiting', () => {
    const rig = Rig.open('hello');
    rig.insert(5, '!');
    const operation = rig.next('document:operation');
    rig.session.received('document:closed', { document: 'notes', reason: 'stale' });
    operation.answer(refusal('not-open'));
    rig.next('document:open').answer(rig.opened({ from: 12, version: 12, epoch: 'e2', content: 'hello' }));
    expect(rig.next('document:operation').payload).toMatchObject({ seq: 1, version: 12, epoch: 'e2' });
    expect(rig.silent).toBe(true);
  });

  it('opens when the application says so, with what was pending', () => {
    const rig = Rig.open('hello');
    rig.insert(5, '!');
    rig.next('document:operation');
    rig.session.received('document:closed', { document: 'notes', reason: 'replaced' });
    rig.session.reopen();
    rig.next('document:open').answer(rig.opened({ from: 7, version: 7, changes: [] }));
    expect(rig.next('document:operation').payload.seq).toBe(1);
  });

  it('leaves when the application says so', () => {
    const rig = Rig.open('hello');
    rig.session.close();
    expect(rig.next('document:close').payload).toEqual({ document: 'notes' });
    expect(rig.closed).toEqual(['closed']);
  });

  it('closes when the document is of another type now', () => {
    const rig = Rig.open('hello');
    rig.session.disconnected();
    rig.connect().answer(rig.opened({ from: 1, version: 1, epoch: 'e2', type: 'rich-text', content: [] }));
    expect(rig.closed).toEqual(['type-mismatch']);
    rig.next('document:close');
  });
});

describe('a new profile', () => {
  it('is told by leaving and joining, with nothing lost in between', () => {
    const rig = Rig.open('hello');
    rig.insert(5, '!');
    const operation = rig.next('document:operation');
    rig.session.setProfile({ name: 'Ada' });
    const close = rig.next('document:close');
    rig.insert(6, '?');
    operation.answer({ ok: true, from: 7, version: 8, seq: 1, operations: [[5, '!']], index: 0 });
    close.answer({ ok: true });
    const open = rig.next('document:open');
    expect(open.payload).toMatchObject({ profile: { name: 'Ada' }, version: 7 });
    open.answer(rig.opened({ from: 7, version: 8, seq: 1, operations: [[5, '!']], index: 0 }));
    expect(rig.next('document:operation').payload).toMatchObject({ seq: 2, changes: [6, '?'] });
  });

  it('is told after an open that was under way with the old one', () => {
    const rig = new Rig({ profile: { name: 'A' } });
    const open = rig.connect();
    rig.session.setProfile({ name: 'Ada' });
    open.answer(rig.opened({ from: 0, version: 0, content: '' }));
    rig.next('document:close').answer({ ok: true });
    expect(rig.next('document:open').payload).toMatchObject({ profile: { name: 'Ada' } });
  });

  it('goes out with the next open while there is no connection', () => {
    const rig = Rig.open('hello');
    rig.session.disconnected();
    rig.session.setProfile({ name: 'Ada' });
    expect(rig.connect().payload).toMatchObject({ profile: { name: 'Ada' } });
  });
});

describe('edits', () => {
  it('are refused where the access is read', () => {
    const rig = Rig.open('hello', { access: 'read' });
    expect(() => rig.insert(0, 'x')).toThrow(expect.objectContaining({ code: 'forbidden' }));
  });

  it('are refused beyond the end, and change nothing', () => {
    const rig = Rig.open('hello');
    expect(() => rig.insert(6, 'x')).toThrow(expect.objectContaining({ code: 'invalid-operation' }));
    expect(rig.text).toBe('hello');
    expect(rig.silent).toBe(true);
  });

  it('may be made from within a change listener', () => {
    const rig = Rig.open('hello');
    const listened = rig.changes.push.bind(rig.changes);
    rig.changes.push = (...entries) => {
      if (entries[0]!.origin === 'remote') rig.insert(0, '*');
      return listened(...entries);
    };
    rig.session.received('update', update(7, 8, ['x']));
    expect(rig.text).toBe('*xhello');
    expect(rig.next('document:operation').payload).toMatchObject({ version: 8, changes: ['*'] });
  });
});
