// Recorded sessions typed through the real server by stock clients must end in exactly the recorded text.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { editOf } from '../support/changes.mjs';
import { friendsForever, readTrace, replayConcurrently, TraceAgent } from '../support/traces.mjs';
import { Fixture } from './fixture.mjs';

const sha = (text) => createHash('sha256').update(text).digest('hex').slice(0, 16);
const kOneTraceMs = 300_000; // seconds on a quiet machine; each step is a round trip, which a loaded one draws out
let fixture;

before(async () => {
  fixture = await Fixture.start({ durability: 'memory' });
});
after(() => fixture.stop());

describe('friendsforever', () => {
  it('ends alike everywhere when two clients keep its concurrency', { timeout: kOneTraceMs }, async (t) => {
    const trace = friendsForever();
    const { endContent } = trace;
    const document = fixture.name('friends');
    const agents = [new TraceAgent(await fixture.open(document)), new TraceAgent(await fixture.open(document))];
    const together = await replayConcurrently(trace.agents, agents);
    t.diagnostic(`${trace.agents[0].length} and ${trace.agents[1].length} operations, ${together} of them side by side, ` +
      `${agents[0].shared.corrections + agents[1].shared.corrections} corrections`);
    assert.deepEqual(agents.map(({ typed }) => typed), trace.agents.map(({ length }) => length));
    assert.ok(together > 5000, 'the trace is concurrent, and so is its replay');
    assert.equal(sha(endContent), '4720ec330c91e288');
    for (const { shared } of agents) assert.ok(shared.text === endContent, 'a client differs');
    assert.ok((await fixture.textOf(document)) === endContent, 'a newcomer differs');
  });
});

// Edits a turn of the event loop: fast typing that still lets deliveries in between.
const kEditsATurn = 20;

describe('automerge-paper', () => {
  it('ends alike when one client types it all', { timeout: kOneTraceMs }, async (t) => {
    const { txns, endContent } = readTrace('automerge-paper');
    const document = fixture.name('paper');
    const author = await fixture.open(document);
    const reader = await fixture.open(document);
    let edits = 0;
    for (const { patches } of txns) {
      for (const patch of patches) author.edit(editOf(patch));
      if (++edits % kEditsATurn === 0) await turn();
    }
    await author.settled(30_000);
    await reader.reached(author.version, 30_000);
    t.diagnostic(`${edits} edits in ${author.operations} operations`);
    assert.equal(sha(endContent), 'a489e9022976c14e');
    assert.ok(author.text === endContent, 'the author differs');
    assert.ok(reader.text === endContent, 'the reader differs');
    assert.ok((await fixture.textOf(document)) === endContent, 'a newcomer differs');
    assert.equal(author.corrections, 0, 'a lone author is never corrected');
  });
});
