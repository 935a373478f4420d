// The document protocol: hello, opening, closing, who is there, rooms.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { pause, silent } from '../support/expect.mjs';
import { Fixture } from './fixture.mjs';
import { checkRefusal, Member, memberOf } from './member.mjs';

let fixture;
before(async () => {
  fixture = await Fixture.start({ env: { SERVER_ID: 'interop' } });
});
after(() => fixture.stop());

const stranger = async () => new Member(await fixture.connect(), fixture.name());

describe('hello', () => {
  it('tells the protocol, the server and the limits', async () => {
    const answer = await (await stranger()).ask('hello', { protocol: 1, agent: 'interop/1.0' });
    assert.equal(answer.ok, true);
    assert.equal(answer.protocol, 1);
    assert.match(answer.server, /^tutti/i);
    assert.equal(answer.serverId, 'interop');
    assert.deepEqual(Object.keys(answer.limits).sort(), ['document', 'history', 'operation', 'payload', 'users']);
    for (const limit of Object.values(answer.limits)) assert.ok(Number.isSafeInteger(limit) && limit > 0);
  });
  it('refuses another version', async () => {
    const member = await stranger();
    for (const protocol of [0, 2, 99]) checkRefusal(await member.ask('hello', { protocol }), 'unsupported-protocol');
  });
  it('refuses what is no object', async () => {
    const member = await stranger();
    for (const payload of [null, 1, 'x', [], true]) checkRefusal(await member.ask('hello', payload), 'invalid-request');
  });
});

describe('document:open', () => {
  it('makes a document and answers with everything', async () => {
    const member = await stranger();
    const answer = await member.open({ profile: { name: 'Ann' } });
    const { epoch, limits, users, ...rest } = answer;
    assert.deepEqual(rest, { ok: true, document: member.document, type: 'text', from: 0, version: 0, access: 'write', userCount: 1, content: '' });
    assert.equal(typeof epoch, 'string');
    assert.ok(epoch.length > 0);
    assert.equal(users.length, 1);
    assert.equal(users[0].socketId, member.socket.id);
    assert.equal(typeof users[0].userId, 'string');
    assert.deepEqual(users[0].profile, { name: 'Ann' });
    assert.ok(limits.operation > 0);
  });
  it('makes none unless it is told to', async () => {
    const member = await stranger();
    checkRefusal(await member.open({ create: undefined }), 'not-found');
    checkRefusal(await member.open({ create: false }), 'not-found');
    checkRefusal(await member.ask('document:snapshot', { document: member.document }), 'not-found');
    checkRefusal(await member.ask('document:history', { document: member.document }), 'not-found');
  });
  it('opens for reading without a client', async () => {
    const writer = await memberOf(fixture, fixture.name());
    await writer.sent(['abc']);
    const reader = new Member(await fixture.connect(), writer.document);
    const answer = await reader.open({ client: undefined });
    assert.equal(answer.access, 'read');
    assert.equal(answer.content, 'abc');
    await reader.refused('forbidden', ['x']);
    await writer.sent([3, 'd']);
    assert.deepEqual((await reader.got('update')).changes, [3, 'd']);
  });
  it('refuses another type than the document has', async () => {
    const member = await memberOf(fixture, fixture.name());
    checkRefusal(await member.open({ type: 'rich-text' }), 'type-mismatch');
    assert.equal((await member.open({ type: 'text' })).ok, true);
  });
  it('goes on from a version it is given', async () => {
    const writer = await memberOf(fixture, fixture.name());
    await writer.sent(['abc']);
    await writer.sent([3, 'def']);
    await writer.sent([-1]);
    const other = new Member(await fixture.connect(), writer.document);
    const since = (version, epoch = writer.epoch) => other.open({ version, epoch });
    const none = await since(3);
    assert.deepEqual([none.from, none.version, none.changes, none.content], [3, 3, [], undefined]);
    const some = await since(1);
    assert.deepEqual([some.from, some.version, some.changes], [1, 3, [-1, 2, 'def']]);
    const all = await since(0);
    assert.deepEqual([all.from, all.version, all.changes], [0, 3, ['bcdef']]);
  });
  it('answers with the content where the version or the epoch is not its own', async () => {
    const writer = await memberOf(fixture, fixture.name());
    await writer.sent(['abc']);
    const other = new Member(await fixture.connect(), writer.document);
    for (const options of [{ version: 1, epoch: 'other' }, { version: 99, epoch: writer.epoch }, { version: 1 }]) {
      const answer = await other.open(options);
      assert.deepEqual([answer.ok, answer.from, answer.version, answer.content], [true, 1, 1, 'abc'], JSON.stringify(options));
    }
    await writer.sent([3, 'd']); // nobody forced a new epoch
  });
  it('hands an author its own operation', async () => {
    const writer = await memberOf(fixture, fixture.name());
    await writer.sent(['abc']);
    const again = await writer.open({ version: 0, epoch: writer.epoch });
    assert.deepEqual([again.from, again.version, again.seq, again.operations, again.index], [0, 1, 1, [['abc']], 0]);
    assert.equal(again.changes, undefined);
  });
  it('answers with the content when more than one own operation came since', async () => {
    const writer = await memberOf(fixture, fixture.name());
    await writer.sent(['abc']);
    await writer.sent([3, 'd']);
    const again = await writer.open({ version: 0, epoch: writer.epoch });
    assert.deepEqual([again.from, again.version, again.content, again.seq], [2, 2, 'abcd', 2]);
  });
  it('opens rich text', async () => {
    const member = await stranger();
    const answer = await member.open({ type: 'rich-text' });
    assert.equal(answer.type, 'rich-text');
    assert.deepEqual(answer.content, []);
  });
  it('opens many documents on one connection', async () => {
    const socket = await fixture.connect();
    const members = Array.from({ length: 20 }, () => new Member(socket, fixture.name()));
    await Promise.all(members.map((member) => member.open()));
    await Promise.all(members.map((member, i) => member.sent([`text ${i}`])));
    assert.deepEqual(await Promise.all(members.map((member) => member.content())), members.map((_, i) => `text ${i}`));
  });
  for (const document of ['room:a:b', '#hash', 'a/b?c=d&e', 'é€😀', ' ', '*', '[x]', '__proto__', 'constructor', 'x'.repeat(256), '😀'.repeat(64)])
    it(`takes the id ${JSON.stringify(document.slice(0, 20))}`, async () => {
      const writer = await memberOf(fixture, document);
      await writer.sent(['text']);
      const reader = await memberOf(fixture, document);
      assert.equal(reader.opened.content, 'text');
      assert.equal(reader.opened.document, document);
    });

  const badRequests = [null, [], 'x', 1, {}, { document: '' }, { document: 1 }, { document: 'x'.repeat(257) }, { document: '😀'.repeat(65) }, { document: 'a\u0000b' }, { document: 'a\nb' },
    { document: 'a\u0085b' }, { document: '\ud800' }, { document: 'd', client: '' }, { document: 'd', client: 1 }, { document: 'd', client: 'x'.repeat(65) }, { document: 'd', client: 'a\tb' },
    { document: 'd', version: -1 }, { document: 'd', version: 1.5 }, { document: 'd', version: '1' }, { document: 'd', version: 2 ** 53 }, { document: 'd', version: 1, epoch: 1 }, { document: 'd', type: 1 },
    { document: 'd', type: 'other' }, { document: 'd', create: 'yes' }];
  it('refuses every field of a wrong kind', async () => {
    const member = await stranger();
    for (const request of badRequests) {
      const answer = await member.ask('document:open', request);
      assert.equal(answer.ok, false, JSON.stringify(request));
      assert.equal(answer.error.code, 'invalid-request', JSON.stringify(request));
    }
  });
});

describe('membership', () => {
  it('tells who comes and who goes', async () => {
    const ann = await memberOf(fixture, fixture.name(), { profile: { name: 'Ann' } });
    const bob = await memberOf(fixture, ann.document, { profile: { name: 'Bob' } });
    const room = `document:${ann.document}`;
    const joined = await ann.got('user-joined');
    assert.deepEqual([joined.room, joined.socketId, joined.profile], [room, bob.socket.id, { name: 'Bob' }]);
    assert.deepEqual(bob.opened.users.map(({ socketId }) => socketId).sort(), [ann.socket.id, bob.socket.id].sort());
    assert.deepEqual((await bob.ask('document:close', { document: bob.document })), { ok: true });
    assert.equal((await ann.got('user-left')).socketId, bob.socket.id);
    await silent(bob.received);
    assert.equal(bob.received.some(({ event }) => event === 'user-joined'), false, 'not to the one who joined');
  });
  it('tells when a connection is lost', async () => {
    const ann = await memberOf(fixture, fixture.name());
    const bob = await memberOf(fixture, ann.document);
    const id = bob.socket.id;
    await ann.got('user-joined');
    bob.socket.io.engine.close();
    assert.equal((await ann.got('user-left')).socketId, id);
  });
  it('ends with close: nothing comes, nothing goes', async () => {
    const ann = await memberOf(fixture, fixture.name());
    const bob = await memberOf(fixture, ann.document);
    await bob.ask('document:close', { document: bob.document });
    await ann.sent(['x']);
    await silent(bob.received);
    await bob.refused('not-open', ['y']);
    assert.deepEqual(await bob.ask('document:close', { document: bob.document }), { ok: true }, 'also for one that is not open');
  });
  it('is replaced by another connection of the same client', async () => {
    const first = await memberOf(fixture, fixture.name());
    const second = new Member(await fixture.connect(), first.document);
    second.client = first.client;
    assert.equal((await second.open()).ok, true);
    assert.deepEqual(await first.got('document:closed'), { event: 'document:closed', document: first.document, reason: 'replaced' });
    await first.refused('not-open', ['x']);
    await second.sent(['y']);
    await silent(first.received);
  });
  it('is replaced by a second open on the same connection, without a word', async () => {
    const member = await memberOf(fixture, fixture.name());
    assert.equal((await member.open()).ok, true);
    await member.sent(['x']);
    await silent(member.received);
    assert.equal((await memberOf(fixture, member.document)).opened.users.length, 2);
  });
  it('is not open for a connection that did not open it', async () => {
    const owner = await memberOf(fixture, fixture.name());
    const other = new Member(await fixture.connect(), owner.document);
    await other.refused('not-open', ['x']);
  });
});

describe('rooms', () => {
  const join = async (room, profile) => {
    const member = new Member(await fixture.connect(), room);
    member.joined = await member.ask('room:join', { room, profile });
    assert.equal(member.joined.ok, true);
    return member;
  };

  it('carry events to everybody but the sender', async () => {
    const room = fixture.name('room');
    const ann = await join(room, { name: 'Ann' });
    const bob = await join(room);
    const eve = await join(fixture.name('room'));
    const heard = [];
    for (const member of [ann, bob, eve]) member.socket.on('wave', (payload, about) => heard.push([member === ann ? 'ann' : member === bob ? 'bob' : 'eve', payload, about]));
    assert.deepEqual(await ann.ask('room:emit', { room, event: 'wave', payload: { n: [1, 'é', null] } }), { ok: true });
    await pause(100);
    assert.equal(heard.length, 1);
    assert.deepEqual(heard[0].slice(0, 2), ['bob', { n: [1, 'é', null] }]);
    assert.deepEqual([heard[0][2].room, heard[0][2].socketId], [room, ann.socket.id]);
  });
  it('tell who is there', async () => {
    const room = fixture.name('room');
    const ann = await join(room, { name: 'Ann' });
    assert.deepEqual([ann.joined.users.length, ann.joined.userCount], [1, 1]);
    const bob = await join(room, { name: 'Bob' });
    assert.equal(bob.joined.users.length, 2);
    assert.deepEqual((await ann.got('user-joined')).profile, { name: 'Bob' });
    assert.deepEqual(await bob.ask('room:leave', { room }), { ok: true });
    assert.equal((await ann.got('user-left')).room, room);
  });
  it('need membership, and honest names', async () => {
    const room = fixture.name('room');
    const ann = await join(room);
    const eve = new Member(await fixture.connect(), room);
    checkRefusal(await eve.ask('room:emit', { room, event: 'wave', payload: 1 }), 'forbidden');
    checkRefusal(await eve.ask('room:join', { room: 'document:x' }), 'forbidden');
    for (const event of ['update', 'acknowledged', 'presence', 'user-joined', 'user-left', 'user-count', 'document:closed', 'connect', 'disconnect', 'connect_error', 'disconnecting', 'newListener', 'removeListener'])
      checkRefusal(await ann.ask('room:emit', { room, event, payload: 1 }), 'invalid-request');
    for (const request of [{ room }, { room, event: 1 }, { room: 1, event: 'x' }, null, { event: 'x' }]) checkRefusal(await ann.ask('room:emit', request), 'invalid-request');
    for (const request of [null, {}, { room: '' }, { room: 'x'.repeat(257) }, { room: 'a\nb' }]) checkRefusal(await ann.ask('room:join', request), 'invalid-request');
  });
});
