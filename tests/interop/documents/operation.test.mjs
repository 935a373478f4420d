// The document protocol: operations, their forms, every refusal, exactly once, history and snapshots.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { pause, silent } from '../support/expect.mjs';
import { Fixture } from './fixture.mjs';
import { checkRefusal, Member, memberOf } from './member.mjs';

let fixture;
before(async () => {
  fixture = await Fixture.start({ durability: 'full' });
});
after(() => fixture.stop());

const writerWith = async (text, options) => {
  const member = await memberOf(fixture, fixture.name(), options);
  if (text) await member.sent([text]);
  return member;
};

describe('an operation', () => {
  it('is acknowledged and told to the others', async () => {
    const ann = await writerWith('hello');
    const bob = await memberOf(fixture, ann.document);
    const answer = await ann.sent([5, ' world']);
    assert.deepEqual(answer, { ok: true, from: 1, version: 2, seq: 2, operations: [[5, ' world']], index: 0 });
    const { by, ...update } = await bob.got('update');
    assert.deepEqual(update, { event: 'update', type: 'text-change', document: ann.document, from: 1, version: 2, changes: [5, ' world'] });
    assert.equal(typeof by, 'string');
    assert.equal(await bob.content(), 'hello world');
    await silent(ann.received);
  });

  const forms = [
    ['compact', [2, 'X', -1, 2], 'abXde'],
    ['components as objects', [{ retain: 2 }, { insert: 'X' }, { delete: 1 }], 'abXde'],
    ['objects and short ones mixed', [2, { insert: 'X' }, -1], 'abXde'],
    ['Quill', { ops: [{ retain: 2 }, { insert: 'X' }, { delete: 1 }] }, 'abXde'],
    ['simple insert', { type: 'insert', position: 2, text: 'X' }, 'abXcde'],
    ['simple delete', { type: 'delete', position: 1, length: 3 }, 'ae'],
    ['several simple ones, each on the one before', [{ type: 'insert', position: 0, text: 'XY' }, { type: 'delete', position: 1, length: 2 }, { type: 'insert', position: 5, text: '!' }], 'Xbcde!'],
    ['nothing', [], 'abcde'],
    ['Quill nothing', { ops: [] }, 'abcde'],
    ['attributes null or empty', [{ insert: 'X', attributes: null }, { insert: 'Y', attributes: {} }], 'XYabcde'],
  ];
  for (const [name, changes, expected] of forms)
    it(`may be written as ${name}`, async () => {
      const member = await writerWith('abcde');
      await member.sent(changes);
      assert.equal(await member.content(), expected);
    });

  it('comes back canonical', async () => {
    const member = await writerWith('abcde');
    const answer = await member.sent([1, 1, 'a', -1, 'b', -1, 1]);
    assert.deepEqual(answer.operations, [[2, 'ab', -2]]);
    const nothing = await member.sent([]);
    assert.deepEqual([nothing.version, nothing.operations], [3, [[]]]);
  });

  it('counts UTF-16 code units', async () => {
    const member = await writerWith('a😀b');
    await member.sent([3, 'X']);
    assert.equal(await member.content(), 'a😀Xb');
    await member.refused('invalid-operation', [2, 'X']);
    await member.refused('invalid-operation', [1, -1]);
    await member.sent([1, -2]);
    assert.equal(await member.content(), 'aXb');
  });

  it('is moved over what its author had not seen, and what is in the log stands left', async () => {
    const ann = await writerWith('ab');
    const bob = await memberOf(fixture, ann.document);
    await ann.sent([1, 'A']);
    await bob.got('update');
    const answer = await bob.send([1, 'B'], { version: 1 });
    assert.deepEqual(answer.operations, [[2, 'B']]);
    assert.equal(await ann.content(), 'aABb');
    assert.deepEqual((await ann.got('update')).changes, [2, 'B']);
  });

  it('carries before when others came first', async () => {
    const ann = await writerWith('ab');
    const bob = await memberOf(fixture, ann.document);
    const [first, second] = await Promise.all([ann.sent(['A'], { version: 1 }), bob.sent([2, 'B'], { version: 1 })]);
    assert.equal(await ann.content(), 'AabB');
    for (const answer of [first, second]) {
      const others = (answer.before ? 1 : 0) + (answer.after ? 1 : 0) + answer.operations.length - 1;
      assert.ok(others <= 1);
      assert.equal(answer.operations[answer.index].length, 2 - (answer === first ? 1 : 0));
    }
  });

  it('may be made by many at once', async () => {
    const members = await Promise.all(Array.from({ length: 10 }, () => memberOf(fixture, 'crowd')));
    for (let round = 0; round < 5; round++) {
      const base = members.map((member) => member.version);
      await Promise.all(members.map((member, i) => member.sent([`${i}`], { version: base[i] })));
    }
    const content = await members[0].content();
    assert.equal(content.length, 50);
    for (let i = 0; i < 10; i++) assert.equal(content.split(`${i}`).length, 6);
  });

  it('lets two members clear the same text', async () => {
    const ann = await writerWith('abc');
    const bob = await memberOf(fixture, ann.document);
    const version = ann.version;
    await Promise.all([ann.sent([-3], { version }), bob.sent([-3], { version })]);
    assert.equal(await ann.content(), '');
  });
});

const deepAttributes = (depth) => ({ bold: depth === 1 ? true : deepAttributes(depth - 1) });

describe('is refused', () => {
  const invalid = [
    undefined, null, 1, 'x', true, {}, { ops: 1 }, { ops: [1, 2], x: 1, type: 'insert' }, [0], [''], [null], [true], [1.5], [[]], [{}], [{ insert: '' }], [{ insert: 1 }], [{ retain: 0 }], [{ retain: -1 }], [{ delete: 0 }],
    [{ delete: 1, attributes: { bold: true } }], [{ insert: 'x', retain: 1 }], [{ insert: 'x', attributes: { bold: true } }], [{ insert: { image: 'x' } }], [{ retain: 1, attributes: { bold: true } }], [{ retain: { a: 1 } }],
    [1e300], [2 ** 60], [6], [-6], [5, 'x', 1], [3, -3], ['\ud800'], ['x\udc00y'], { type: 'insert', position: 6, text: 'x' }, { type: 'insert', position: -1, text: 'x' }, { type: 'insert', position: 0, text: '' },
    { type: 'insert', position: 0 }, { type: 'insert', position: 1.5, text: 'x' }, { type: 'delete', position: 0, length: 6 }, { type: 'delete', position: 0, length: 0 }, { type: 'delete', position: 0, length: -1 },
    { type: 'replace', position: 0, text: 'x' }, [{ type: 'insert', position: 0, text: 'x' }, 1], [1, { type: 'insert', position: 0, text: 'x' }],
  ];
  it('with invalid-operation, and the document stays as it was', async () => {
    const member = await writerWith('abcde');
    for (const changes of invalid) await member.refused('invalid-operation', changes);
    assert.equal(await member.content(), 'abcde');
    const answer = await member.sent([5, 'f']);
    assert.equal(answer.version, 2, 'no version was spent');
  });

  it('with invalid-operation in rich text', async () => {
    const member = await memberOf(fixture, fixture.name(), { type: 'rich-text' });
    await member.sent([{ insert: 'abc', attributes: { bold: true, size: 1 } }, { insert: { image: 'x' } }]);
    for (const changes of [[{ insert: 'x', attributes: deepAttributes(9) }], [{ insert: 'x', attributes: 1 }], [{ insert: 'x', attributes: [] }], [{ insert: { a: 1, b: 2 } }], [{ insert: {} }], [{ insert: [] }],
      [{ retain: { image: 1 } }], [{ delete: 1, attributes: { bold: true } }], [{ insert: 'x', attributes: JSON.parse('{"__proto__":1}') }], [5]])
      await member.refused('invalid-operation', changes);
    await member.sent([{ insert: 'y', attributes: deepAttributes(8) }]);
    await member.sent([1, { retain: 3, attributes: { bold: null, constructor: 'x' } }]);
    assert.deepEqual((await member.content())[1], { insert: 'abc', attributes: { size: 1, constructor: 'x' } });
  });

  it('with invalid-request', async () => {
    const member = await writerWith('abc');
    await member.sent([3, 'd']);
    const bad = [{ document: undefined }, { document: 1 }, { document: '' }, { version: undefined }, { version: -1 }, { version: 1.5 }, { version: '2' }, { version: 2 ** 53 }, { client: undefined }, { client: 1 }, { client: '' },
      { client: 'another' }, { seq: undefined }, { seq: 0 }, { seq: -1 }, { seq: 1.5 }, { seq: '3' }, { seq: 2 ** 53 }, { epoch: 1 }, { version: 99 }, { version: 1 }];
    for (const fields of bad) await member.refused('invalid-request', ['x'], fields);
    for (const payload of [null, 1, 'x', [], [1]]) checkRefusal(await member.ask('document:operation', payload), 'invalid-request');
    assert.equal(await member.content(), 'abcd');
  });

  it('with invalid-request when its number was passed over', async () => {
    const member = await writerWith();
    await member.sent(['a'], { seq: 5 });
    await member.sent([1, 'b'], { seq: 10 });
    await member.refused('invalid-request', [2, 'c'], { seq: 7 });
    await member.sent([2, 'c'], { seq: 11 });
    assert.equal(await member.content(), 'abc');
  });

  it('with stale and the content for another epoch', async () => {
    const member = await writerWith('abc');
    const answer = await member.refused('stale', ['x'], { epoch: 'other' });
    assert.deepEqual([answer.epoch, answer.version, answer.type, answer.content, answer.seq], [member.epoch, 1, 'text', 'abc', 1]);
    await member.sent([3, 'd'], { epoch: member.epoch });
  });

  it('with too-large', async () => {
    const member = await writerWith();
    const { limits } = member.opened;
    await member.refused('too-large', Array.from({ length: 10_001 }, (_, i) => (i % 2 ? 1 : 'x')));
    await member.refused('too-large', ['x'.repeat(limits.operation)]);
    await member.sent(['x'.repeat(limits.operation - 4)]);
  });

  it('with invalid-request while another one of the client waits', async () => {
    const member = await writerWith();
    const answers = await Promise.all([member.send(['a'], { version: 0, seq: 1 }), member.send(['b'], { version: 0, seq: 2 })]);
    assert.equal(answers[0].ok, true);
    checkRefusal(answers[1], 'invalid-request');
    assert.equal(await member.content(), 'a');
  });
});

describe('exactly once', () => {
  it('answers the same number with duplicate', async () => {
    const member = await writerWith();
    await member.sent(['abc']);
    const again = await member.sent(['abc'], { version: 0, seq: 1 });
    assert.deepEqual(again, { ok: true, version: 1, seq: 1, duplicate: true });
    await member.sent([3, 'd'], { seq: 2 });
    const older = await member.sent(['whatever it says'], { version: 0, seq: 1 });
    assert.equal(older.duplicate, true);
    assert.equal(await member.content(), 'abcd');
  });

  it('answers every request for one number', async () => {
    const member = await writerWith();
    const answers = await Promise.all(Array.from({ length: 4 }, () => member.sent(['abc'], { version: 0, seq: 1 })));
    assert.deepEqual(answers[0].operations, [['abc']]);
    for (const answer of answers.slice(1)) assert.deepEqual(answer, { ok: true, version: 1, seq: 1, duplicate: true });
    assert.equal(await member.content(), 'abc');
  });

  it('commits what a lost connection had sent, once', async () => {
    const member = await writerWith('abc');
    member.socket.emit('document:operation', { document: member.document, version: 1, client: member.client, seq: 2, changes: [3, 'd'] });
    await pause(20); // on the wire
    member.socket.io.engine.close();
    const back = new Member(await fixture.connect(), member.document);
    back.client = member.client;
    const answer = await back.open({ version: 1, epoch: member.epoch });
    assert.equal(answer.version, 2);
    const again = await back.sent([3, 'd'], { version: 1, seq: 2 });
    assert.equal(again.duplicate, true);
    assert.equal(await back.content(), 'abcd');
  });

  it('tells an author without a waiting request by the event acknowledged', async () => {
    const member = await writerWith('abc');
    member.socket.emit('document:operation', { document: member.document, version: 1, client: member.client, seq: 2, changes: [3, 'd'] });
    const { event, ...delivery } = await member.got('acknowledged');
    assert.deepEqual(delivery, { document: member.document, from: 1, version: 2, seq: 2, operations: [[3, 'd']], index: 0 });
  });

  it('keeps two users of one number apart', async () => {
    const ann = await writerWith();
    const bob = await memberOf(fixture, ann.document);
    await ann.sent(['a'], { seq: 1 });
    await bob.got('update');
    const answer = await bob.sent(['b'], { seq: 1 });
    assert.equal(answer.duplicate, undefined);
    assert.equal((await ann.content()).length, 2);
  });
});

describe('history', () => {
  it('lists revisions oldest first', async () => {
    const member = await writerWith('abc');
    await member.sent([3, 'd']);
    await member.sent([-1]);
    const answer = await member.ask('document:history', { document: member.document });
    assert.deepEqual([answer.ok, answer.version, answer.first], [true, 3, 0]);
    assert.deepEqual(answer.revisions.map(({ version }) => version), [1, 2, 3]);
    assert.deepEqual(answer.revisions.map(({ operations }) => operations[0].changes), [['abc'], [3, 'd'], [-1]]);
    const [{ time, operations: [operation] }] = answer.revisions;
    assert.ok(Math.abs(time - Date.now()) < 60_000);
    assert.deepEqual([operation.client, operation.seq, typeof operation.userId], [member.client, 1, 'string']);
    const part = async (fields) => (await member.ask('document:history', { document: member.document, ...fields })).revisions.map(({ version }) => version);
    assert.deepEqual(await part({ from: 1 }), [2, 3]);
    assert.deepEqual(await part({ from: 1, to: 2 }), [2]);
    assert.deepEqual(await part({ limit: 2 }), [1, 2]);
    assert.deepEqual(await part({ from: 3 }), []);
  });

  it('needs no open document', async () => {
    const member = await writerWith('abc');
    const other = new Member(await fixture.connect(), member.document);
    assert.equal((await other.ask('document:history', { document: member.document })).revisions.length, 1);
    assert.equal(await other.content(), 'abc');
  });

  it('refuses fields of a wrong kind', async () => {
    const member = await writerWith('abc');
    for (const fields of [{ from: -1 }, { from: 'x' }, { to: 1.5 }, { limit: 'x' }, { document: 1 }])
      checkRefusal(await member.ask('document:history', { document: member.document, ...fields }), 'invalid-request');
  });

  it('has snapshots of every version', async () => {
    const member = await writerWith('abc');
    await member.sent([3, 'd']);
    await member.sent([-1]);
    const at = (version) => member.ask('document:snapshot', { document: member.document, version });
    for (const [version, content] of [[0, ''], [1, 'abc'], [2, 'abcd'], [3, 'bcd']])
      assert.deepEqual(await at(version), { ok: true, epoch: member.epoch, type: 'text', version, content });
    checkRefusal(await at(4), 'invalid-request');
    checkRefusal(await at(-1), 'invalid-request');
  });
});

describe('presence', () => {
  const presence = (member, fields) => member.socket.emit('document:presence', { document: member.document, version: member.version, ...fields });

  it('comes to the others, and to a newcomer', async () => {
    const ann = await writerWith('hello');
    const bob = await memberOf(fixture, ann.document);
    presence(ann, { cursor: { anchor: 1, head: 3 }, data: { color: 'red' } });
    const { users, version } = await bob.got('presence');
    assert.equal(version, 1);
    assert.deepEqual(users[ann.socket.id].cursor, { anchor: 1, head: 3 });
    assert.deepEqual(users[ann.socket.id].data, { color: 'red' });
    assert.equal(typeof users[ann.socket.id].userId, 'string');
    const eve = await memberOf(fixture, ann.document);
    assert.deepEqual((await eve.got('presence')).users[ann.socket.id].cursor, { anchor: 1, head: 3 });
  });

  it('moves with the text', async () => {
    const ann = await writerWith('hello');
    const bob = await memberOf(fixture, ann.document);
    presence(ann, { cursor: { anchor: 2, head: 4 } });
    await bob.got('presence');
    await bob.sent(['XX']);
    const eve = await memberOf(fixture, ann.document);
    assert.deepEqual((await eve.got('presence')).users[ann.socket.id].cursor, { anchor: 4, head: 6 });
  });

  it('is null when its owner goes', async () => {
    const ann = await writerWith('hello');
    const bob = await memberOf(fixture, ann.document);
    presence(ann, { cursor: { anchor: 0, head: 0 } });
    await bob.got('presence');
    const id = ann.socket.id;
    ann.socket.disconnect();
    assert.equal((await bob.got('presence')).users[id], null);
  });

  it('is dropped when it is bad', async () => {
    const ann = await writerWith('hello');
    const bob = await memberOf(fixture, ann.document);
    for (const fields of [{ cursor: { anchor: 99, head: 0 } }, { cursor: { anchor: -1, head: 0 } }, { cursor: { anchor: 1.5, head: 0 } }, { cursor: 'x' }, { version: 99, cursor: { anchor: 0, head: 0 } },
      { data: { x: 'x'.repeat(100_000) } }, { document: 1 }]) presence(ann, fields);
    ann.socket.emit('document:presence', null);
    ann.socket.emit('document:presence');
    presence(ann, { cursor: { anchor: 1, head: 1 } });
    const first = await bob.got('presence');
    assert.deepEqual(first.users[ann.socket.id].cursor, { anchor: 1, head: 1 });
    await ann.sent([5, '!']);
  });
});
