// What an operator sees: health, readiness, metrics, the ready line, SIGTERM, restarts, wrong flags.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { after, before, describe, it } from 'node:test';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { eventually, nextEvent, pause } from '../support/expect.mjs';
import { binDir, startTutti } from '../support/server.mjs';
import { Fixture } from './fixture.mjs';
import { memberOf } from './member.mjs';

describe('pages for operators', () => {
  let fixture;
  before(async () => {
    fixture = await Fixture.start();
  });
  after(() => fixture.stop());

  it('print one line when connections are accepted', async () => {
    await eventually(() => fixture.server.lines.length > 0, 'the ready line');
    assert.equal(fixture.server.lines.length, 1, JSON.stringify(fixture.server.lines));
    assert.ok(fixture.server.lines[0].includes(fixture.url), fixture.server.lines[0]);
  });

  it('answer /healthz and /readyz', async () => {
    for (const page of ['/healthz', '/readyz']) {
      const response = await fetch(`${fixture.url}${page}`);
      assert.equal(response.status, 200, page);
      await response.text();
    }
  });

  it('answer /metrics in Prometheus text', async () => {
    const member = await memberOf(fixture, 'measured');
    await member.sent(['x']);
    await member.refused('invalid-operation', ['']);
    const response = await fetch(`${fixture.url}/metrics`);
    assert.equal(response.status, 200);
    assert.match(response.headers.get('content-type'), /^text\/plain; version=0\.0\.4/);
    const text = await response.text();
    for (const line of text.trim().split('\n'))
      assert.match(line, /^(# (HELP|TYPE) [a-zA-Z_:][\w:]* .*|[a-zA-Z_:][\w:]*(\{[^}]*\})? (-?[\d.]+(e[+-]?\d+)?|\+Inf|NaN))$/, line);
    const names = new Set(text.match(/^# TYPE (\S+)/gm)?.map((line) => line.split(' ')[2]));
    for (const wanted of [/connections/, /operations/, /flush|revision/, /seconds|latency/, /refus|error/])
      assert.ok([...names].some((name) => wanted.test(name)), `${wanted} is not among ${[...names].join(' ')}`);
  });

  it('serve the demo at /', async () => {
    const response = await fetch(`${fixture.url}/`);
    assert.equal(response.status, 200);
    assert.match(response.headers.get('content-type'), /text\/html/);
    assert.match(await response.text(), /<script/);
  });

  it('answer 404 to anything else', async () => {
    for (const path of ['/nothing-here.js', '/api/nothing', '/socket.io/nothing']) {
      const response = await fetch(`${fixture.url}${path}`);
      assert.ok(response.status >= 400, `${path}: ${response.status}`);
      await response.text();
    }
  });
});

describe('SIGTERM', () => {
  it('ends an idle server with 0', async () => {
    const fixture = await Fixture.start();
    assert.deepEqual(await fixture.server.stop(), { code: 0, signal: null });
    await fixture.stop();
  });

  it('commits and answers what had arrived, and ends with 0', async () => {
    const fixture = await Fixture.start({ durability: 'full' });
    const members = await Promise.all(Array.from({ length: 20 }, () => memberOf(fixture, 'drained')));
    const ended = members.map((member) => nextEvent(member.socket, 'disconnect', 15_000));
    const answers = members.map((member, i) => member.socket.timeout(15_000).emitWithAck('document:operation',
      { document: 'drained', version: 0, client: member.client, seq: 1, changes: [`${String.fromCharCode(97 + i)}`] }).catch(() => undefined));
    await pause(10);
    const stopped = await fixture.server.stop();
    assert.deepEqual(stopped, { code: 0, signal: null });
    const outcomes = await Promise.all(answers);
    await Promise.all(ended);
    await fixture.restart();
    const content = await fixture.textOf('drained');
    outcomes.forEach((answer, i) => {
      const isThere = content.includes(String.fromCharCode(97 + i));
      if (answer?.ok) assert.ok(isThere, 'an acknowledged operation is missing');
      else if (answer) assert.equal(answer.error.code, 'shutting-down');
    });
    assert.ok(outcomes.some((answer) => answer?.ok), 'nobody was answered');
    await fixture.stop();
  });

  it('under steady load ends with 0 within its time', async () => {
    const fixture = await Fixture.start({ durability: 'normal' });
    const author = await fixture.open('load');
    author.on('refused', () => {});
    let typing = true;
    const loop = (async () => {
      while (typing) {
        author.insert(0, 'x');
        await pause(0);
      }
    })();
    await pause(200);
    const since = performance.now();
    assert.deepEqual(await fixture.server.stop(), { code: 0, signal: null });
    assert.ok(performance.now() - since < 12_000);
    typing = false;
    await loop;
    await fixture.stop();
  });

  it('is readable at /readyz before the end', async () => {
    const fixture = await Fixture.start();
    const member = await memberOf(fixture, 'x');
    fixture.server.child.kill('SIGTERM');
    await eventually(async () => {
      try {
        const response = await fetch(`${fixture.url}/readyz`);
        await response.text();
        return response.status === 503;
      } catch {
        return true; // no longer listening is as good an answer
      }
    }, '/readyz to say no');
    await fixture.server.exited;
    member.socket.disconnect();
    await fixture.stop();
  });
});

describe('a restart', () => {
  for (const durability of ['full', 'normal'])
    it(`keeps documents, versions and what authors have written (${durability})`, async () => {
      const fixture = await Fixture.start({ durability });
      const writer = await memberOf(fixture, 'kept');
      await writer.sent(['héllo 😀']);
      await writer.sent([5, '!']);
      const rich = await memberOf(fixture, 'kept-rich', { type: 'rich-text' });
      await rich.sent([{ insert: 'bold', attributes: { bold: true } }]);
      await fixture.server.stop();
      await fixture.restart({ durability });
      const back = await memberOf(fixture, 'kept', { client: writer.client, version: 2, epoch: writer.epoch });
      assert.deepEqual([back.opened.version, back.opened.changes, back.opened.epoch], [2, [], writer.epoch]);
      back.client = writer.client;
      const again = await back.sent(['héllo 😀'], { version: 0, seq: 1 });
      assert.equal(again.duplicate, true);
      assert.equal(await back.content(), 'héllo! 😀');
      const history = await back.ask('document:history', { document: 'kept' });
      assert.deepEqual(history.revisions.map(({ operations }) => operations[0].changes), [['héllo 😀'], [5, '!']]);
      assert.deepEqual((await memberOf(fixture, 'kept-rich')).opened.content, [{ insert: 'bold', attributes: { bold: true } }]);
      await fixture.stop();
    });

  it('makes a new epoch when nothing lasts (memory)', async () => {
    const fixture = await Fixture.start({ durability: 'memory' });
    const writer = await memberOf(fixture, 'lost');
    await writer.sent(['abc']);
    await fixture.server.stop();
    await fixture.restart({ durability: 'memory' });
    const back = await memberOf(fixture, 'lost', { version: 1, epoch: writer.epoch });
    assert.notEqual(back.opened.epoch, writer.epoch);
    assert.equal(typeof back.opened.content, 'string');
    await fixture.stop();
  });
});

describe('a wrong command line', () => {
  const run = (...args) => promisify(execFile)(join(binDir, 'tutti'), args, { timeout: 10_000 }).then(() => ({ code: 0 }), (error) => ({ code: error.code, text: error.stderr + error.stdout }));

  it('is told in words, with an exit code', async () => {
    for (const args of [['serve', '--port', 'x'], ['serve', '--port', '70000'], ['serve', '--durability', 'maybe'], ['serve', '--nonsense'], ['nonsense'], ['serve', '--data', '/proc/nowhere', '--port', '0']]) {
      const { code, text } = await run(...args);
      assert.ok(code > 0, args.join(' '));
      assert.ok(text.trim().length > 0, args.join(' '));
    }
  });

  it('names a port that is taken', async () => {
    const fixture = await Fixture.start();
    await assert.rejects(startTutti({ data: `${fixture.data}-other`, port: fixture.server.port }), /ended before it was ready/);
    await fixture.stop();
  });
});
