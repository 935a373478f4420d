// The small parts: events, back-off, failures, people, cursors.

import Delta from 'quill-delta';
import { describe, expect, it, vi } from 'vitest';
import { Backoff } from '../src/backoff.js';
import { Cursors, OwnCursor } from '../src/cursors.js';
import { decodeContent } from '../src/content.js';
import { Events } from '../src/events.js';
import { describeFailure } from '../src/failure.js';
import { describePerson, palette } from '../src/people.js';
import { Replica } from '../src/replica.js';
import { Users } from '../src/users.js';
import { FakeTimers } from './support/fake-link.js';

describe('events', () => {
  class Bell extends Events<{ ring: [number] }> {
    ring(n: number) {
      this.emit('ring', n);
    }
  }

  it('reach every listener until it leaves', () => {
    const bell = new Bell();
    const heard: number[] = [];
    const off = bell.on('ring', (n) => heard.push(n));
    bell.once('ring', (n) => heard.push(n * 10));
    bell.ring(1);
    off();
    bell.ring(2);
    expect(heard).toEqual([1, 10]);
  });
});

describe('back-off', () => {
  it('doubles up to the longest delay, shortened at random, and starts afresh', () => {
    const backoff = new Backoff({ min: 100, max: 1000 }, () => 0.5);
    expect([1, 2, 3, 4, 5, 6].map(() => backoff.next())).toEqual([75, 150, 300, 600, 750, 750]);
    backoff.reset();
    expect(backoff.next()).toBe(75);
  });

  it('never comes earlier than the server asks for', () => {
    const backoff = new Backoff({ min: 100, max: 1000 }, () => 0.99);
    expect(backoff.next(5000)).toBeGreaterThanOrEqual(5000);
  });
});

describe('a failure', () => {
  it.each([
    [{ data: { code: 'unauthenticated' }, message: 'x' }, 'unauthenticated', false],
    [{ message: 'forbidden' }, 'forbidden', true],
    [{ data: { code: 'too-many-connections' } }, 'busy', false],
    [{ message: 'timeout' }, 'timeout', false],
    [{ message: 'websocket error', type: 'TransportError' }, 'unreachable', false],
    [{ message: 'ping timeout' }, 'timeout', false],
    [{ message: 'transport close' }, 'unreachable', false],
    [{ message: 'not today', data: {} }, 'refused', false],
    [undefined, 'unreachable', false],
  ])('%j is told as %s', (error, reason, permanent) => {
    expect(describeFailure(error)).toMatchObject({ reason, permanent, message: expect.stringMatching(/^[A-Z].+\.?/) });
  });
});

describe('people', () => {
  it('have the name and colour of their profile, and nothing else in a style', () => {
    expect(describePerson({ userId: 'u', socketId: 's', profile: { name: ' Ada ', color: '#123456' } })).toEqual({ name: 'Ada', color: '#123456' });
    const { name, color } = describePerson({ userId: 'u', socketId: 's', profile: { name: 5, color: 'red;background:url(x)' } });
    expect(name).toBe('Guest');
    expect(palette).toContain(color);
  });

  it('are counted once, however many connections they have', () => {
    const users = new Users();
    users.reset({ users: [{ userId: 'a', socketId: '1' }], userCount: 1 });
    users.joined({ userId: 'a', socketId: '2' });
    users.joined({ userId: 'b', socketId: '3' });
    expect([users.count, users.list.length]).toEqual([2, 3]);
    users.left('3');
    expect(users.count).toBe(1);
    users.counted({ userCount: 512 });
    expect([users.count, users.list.length]).toEqual([512, 2]);
    users.counted({ userCount: 1, users: [{ userId: 'z', socketId: '9' }] });
    expect(users.list).toEqual([{ userId: 'z', socketId: '9' }]);
    for (const socketId of ['5', '6']) users.joined({ userId: 'anonymous', socketId });
    expect(users.count).toBe(3);
  });
});

describe('cursors', () => {
  const presence = (cursor: object | null) => ({ document: 'd', version: 1, users: { s1: cursor && { userId: 'u', cursor } } }) as never;

  it('come in at the committed content and are shown in the visible one', () => {
    const replica = new Replica(decodeContent('text', 'hello'));
    replica.edit(new Delta().insert('>> '));
    replica.edit(new Delta().retain(5).insert('!'));
    const cursors = new Cursors();
    cursors.received(presence({ anchor: 0, head: 2 }), replica, 'me');
    expect(cursors.list[0]!.cursor).toEqual({ anchor: 0, head: 5 });
    cursors.received(presence(null), replica, 'me');
    expect(cursors.list).toEqual([]);
  });

  it('are pushed by an insertion at the same place only if it is their owner’s', () => {
    const cursors = new Cursors();
    cursors.received(presence({ anchor: 2, head: 2 }), new Replica(decodeContent('text', 'hello')), 'me');
    cursors.moved(new Delta().retain(2).insert('x'), 'someone');
    expect(cursors.list[0]!.cursor).toEqual({ anchor: 2, head: 2 });
    cursors.moved(new Delta().retain(2).insert('x'), 'u');
    expect(cursors.list[0]!.cursor).toEqual({ anchor: 3, head: 3 });
    cursors.moved(new Delta().retain(3).insert('x'), 'anonymous');
    expect(cursors.list[0]!.cursor).toEqual({ anchor: 3, head: 3 });
    cursors.moved(new Delta().delete(2));
    expect(cursors.list[0]!.cursor).toEqual({ anchor: 1, head: 1 });
  });

  it('leave out one’s own', () => {
    const cursors = new Cursors();
    cursors.received(presence({ anchor: 0, head: 0 }), new Replica(decodeContent('text', '')), 's1');
    expect(cursors.list).toEqual([]);
  });

  it('are told when nothing is pending, the newest only, and not too often', () => {
    const timers = new FakeTimers();
    let pending = true;
    const send = vi.fn();
    const own = new OwnCursor((ms, run) => timers.after(ms, run), () => !pending, send, 50);
    own.set({ anchor: 1, head: 1 }, undefined);
    own.set({ anchor: 2, head: 2 }, undefined);
    expect(send).not.toHaveBeenCalled();
    pending = false;
    own.flush();
    expect(send.mock.calls).toEqual([[{ anchor: 2, head: 2 }, undefined]]);
    own.set({ anchor: 3, head: 3 }, undefined);
    own.set({ anchor: 4, head: 4 }, undefined);
    timers.advance(50);
    expect(send.mock.calls.slice(1)).toEqual([[{ anchor: 4, head: 4 }, undefined]]);
    timers.advance(50);
    own.set({ anchor: 4, head: 4 }, undefined);
    expect(send).toHaveBeenCalledTimes(2);
    own.moved(new Delta().insert('x'), true);
    own.set({ anchor: 5, head: 5 }, undefined);
    expect(send).toHaveBeenCalledTimes(2);
    own.again();
    expect(send).toHaveBeenCalledTimes(3);
    timers.advance(50);
    own.moved(new Delta().retain(5).insert('x'), true); // others would leave it at 5
    own.flush();
    expect(send.mock.calls.at(-1)).toEqual([{ anchor: 6, head: 6 }, undefined]);
  });
});
