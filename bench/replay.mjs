// Types recorded sessions again through a real `tutti serve` with stock socket.io-clients, and tells what it cost.
//
//   bench/replay [--trace NAME]… [--durability full|normal|memory] [--runs N]
//
// friendsforever: two clients that keep its concurrency, one operation a transaction. automerge-paper: one client, once with
// every edit as an operation of its own (it waits for each acknowledgement), once as fast as a client composes what waits.
// Every run ends in the recorded text on all clients and a newcomer, or the program fails. One JSON line a run, then a table
// of medians. Server CPU is user and system time of all its threads.
import { readdirSync, readFileSync } from 'node:fs';
import { setImmediate as turn } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Fixture } from '../tests/interop/documents/fixture.mjs';
import { editOf } from '../tests/interop/support/changes.mjs';
import { friendsForever, readTrace, replayConcurrently, TraceAgent } from '../tests/interop/support/traces.mjs';

const { values } = parseArgs({
  options: {
    trace: { type: 'string', multiple: true, default: ['friendsforever', 'automerge-paper one by one', 'automerge-paper composed'] },
    durability: { type: 'string', default: 'normal' },
    runs: { type: 'string', default: '3' },
  },
});
const kEditsATurn = 20;

// Nanoseconds that the threads of a process have run.
function cpuOf(pid) {
  const tasks = `/proc/${pid}/task`;
  return readdirSync(tasks).reduce((sum, task) => sum + Number(readFileSync(`${tasks}/${task}/schedstat`, 'utf8').split(' ')[0]), 0);
}

const oneByOne = async (author, edits) => {
  for (const edit of edits) {
    author.edit(edit);
    await author.settled();
  }
};

const composed = async (author, edits) => {
  for (let i = 0; i < edits.length; i++) {
    author.edit(edits[i]);
    if (i % kEditsATurn === 0) await turn();
  }
  await author.settled(60_000);
};

const kReplays = {
  friendsforever: async (fixture, document, measure) => {
    const trace = friendsForever();
    const agents = [new TraceAgent(await fixture.open(document)), new TraceAgent(await fixture.open(document))];
    await measure(() => replayConcurrently(trace.agents, agents));
    const edits = trace.agents[0].length + trace.agents[1].length;
    return { edits, operations: agents[0].typed + agents[1].typed, clients: agents.map(({ shared }) => shared), endContent: trace.endContent };
  },
  'automerge-paper one by one': (fixture, document, measure) => alone(fixture, document, measure, oneByOne),
  'automerge-paper composed': (fixture, document, measure) => alone(fixture, document, measure, composed),
};

async function alone(fixture, document, measure, type) {
  const { txns, endContent } = readTrace('automerge-paper');
  const edits = txns.flatMap(({ patches }) => patches.map(editOf));
  const author = await fixture.open(document);
  await measure(() => type(author, edits));
  return { edits: edits.length, operations: author.operations, clients: [author], endContent };
}

async function run(trace) {
  const fixture = await Fixture.start({ durability: values.durability });
  const figures = { trace, durability: values.durability };
  try {
    const measure = async (work) => {
      const [cpu, since] = [cpuOf(fixture.server.pid), performance.now()];
      await work();
      figures.seconds = (performance.now() - since) / 1000;
      figures.cpu = (cpuOf(fixture.server.pid) - cpu) / 1e9;
    };
    const { edits, operations, clients, endContent } = await kReplays[trace](fixture, 'replay', measure);
    const texts = [...clients.map(({ text }) => text), await fixture.textOf('replay')];
    if (texts.some((text) => text !== endContent)) throw new Error(`${trace}: a text differs from the recorded one`);
    return {
      ...figures,
      edits,
      operations,
      editsPerSecond: Math.round(edits / figures.seconds),
      operationsPerSecond: Math.round(operations / figures.seconds),
      serverCpuUsPerOperation: Number(((figures.cpu * 1e6) / operations).toFixed(1)),
      serverCpuUsPerEdit: Number(((figures.cpu * 1e6) / edits).toFixed(2)),
    };
  } finally {
    await fixture.stop();
  }
}

const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];
const rows = [];
for (const trace of values.trace) {
  if (!kReplays[trace]) throw new Error(`no such trace: ${trace}; there are: ${Object.keys(kReplays).join(', ')}`);
  const runs = [];
  for (let i = 0; i < Number(values.runs); i++) {
    runs.push(await run(trace));
    console.log(JSON.stringify(runs.at(-1)));
  }
  const of = (key) => median(runs.map((each) => each[key]));
  rows.push({ trace, edits: of('edits'), operations: of('operations'), 'edits/s': of('editsPerSecond'), 'operations/s': of('operationsPerSecond'), 'server CPU µs/operation': of('serverCpuUsPerOperation') });
}
console.table(rows);
