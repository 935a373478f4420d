// The bare epoll loop (bench/floor), the Node servers and ours, one after the other in one run, measured by `tutti bench`.
//
//   bench/compare [--runs N] [--seconds S] [--only TEXT] [--peers floor,node-ws,node-socket.io,tutti] [--markdown]
//
// Each figure is the median of the runs; `x floor` is its ratio to the bare loop's in the same run, as machines differ and
// the same machine does from hour to hour. The server has one thread on one core, the load generator has the other one.
// TUTTI_BIN_DIR: where tutti, tutti-conformance and floor are (default build/release/bin).
import { execFile, spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';

const here = dirname(fileURLToPath(import.meta.url));
const binDir = resolve(process.env.TUTTI_BIN_DIR ?? join(here, '../build/release/bin'));
const reference = join(here, '../tests/interop/reference/server.mjs');
const run = promisify(execFile);

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '3' },
    only: { type: 'string', default: '' },
    peers: { type: 'string', default: 'floor,node-ws,node-socket.io,tutti' },
    markdown: { type: 'boolean', default: false },
  },
});

const kPeers = {
  floor: { command: [join(binDir, 'floor')], cork: ['--cork'] },
  'node-ws': { command: [process.execPath, reference, '--mode', 'bench-ws'] },
  'node-socket.io': { command: [process.execPath, reference, '--mode', 'bench'], msgpack: ['--parser', 'msgpack'], speaksMsgpack: true, pings: true },
  tutti: { command: [join(binDir, 'tutti-conformance'), '--mode', 'bench', '--workers', '1'], speaksMsgpack: true, pings: true },
};

// `figure`: the field of the load generator's report; `per`: what the report is to be divided by for the table.
const kFigures = [
  ...[1000, 5000].flatMap((connections) => [64, 1024].map((size) => ({
    name: `broadcast to ${connections}, ${size} B: server CPU µs a delivery`,
    args: ['broadcast', '--connections', connections, '--size', size], figure: 'server_cpu_us_per_message',
  }))),
  ...[1000, 5000].map((connections) => ({
    name: `16 broadcasts at once to ${connections}, 64 B: server CPU µs a delivery`, cork: true,
    args: ['broadcast', '--connections', connections, '--in-flight', 16], figure: 'server_cpu_us_per_message',
  })),
  { name: 'echo, 100 connections, JSON: server CPU µs a round trip', args: ['echo', '--connections', 100], figure: 'server_cpu_us_per_message' },
  { name: 'echo, 100 connections, MessagePack: server CPU µs a round trip', args: ['echo', '--connections', 100, '--parser', 'msgpack'], figure: 'server_cpu_us_per_message', msgpack: true },
  { name: 'idle, 10,000 connections: bytes of memory each', args: ['idle', '--connections', 10_000, '--seconds', 0.5], figure: 'memory_bytes_per_connection' },
  { name: 'echo, 1,000 connections: bytes of memory each after traffic', args: ['echo', '--connections', 1000], figure: 'memory_bytes_per_connection_after' },
  { name: 'connect: connections a second', args: ['connect', '--concurrency', 64], figure: 'messages_per_second' },
  { name: 'connect: server CPU µs each', args: ['connect', '--concurrency', 64], figure: 'server_cpu_us_per_message' },
  { name: 'heartbeat: server CPU µs', args: ['idle', '--connections', 2000, '--seconds', 4], figure: 'server_cpu_us_per_heartbeat', pings: true },
].filter(({ name }) => name.includes(values.only));

// Server and generator keep out of each other's way where there are two cores.
const pinned = (core, command) => (availableParallelism() > 1 ? ['taskset', '-c', String(core), ...command] : command);

async function start(peer, figure) {
  const extra = [...(figure.cork ? peer.cork ?? [] : []), ...(figure.msgpack ? peer.msgpack ?? [] : [])];
  if (figure.pings) extra.push('--ping-interval', '200', '--ping-timeout', '20000');
  const [program, ...args] = pinned(0, [...peer.command, '--port', '0', ...extra]);
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const port = await new Promise((done, fail) => {
    let output = '';
    const read = (chunk) => {
      output += chunk;
      const match = /127\.0\.0\.1:(\d+)/.exec(output);
      if (match) done(Number(match[1]));
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.once('error', fail);
    child.once('exit', (code) => fail(new Error(`${peer.command.join(' ')} ended (${code}): ${output}`)));
  });
  return { child, port };
}

async function measure(peer, figure) {
  const { child, port } = await start(peer, figure);
  const seconds = figure.args.includes('--seconds') ? [] : ['--seconds', values.seconds];
  try {
    const command = pinned(1, [join(binDir, 'tutti'), 'bench', ...figure.args.map(String), '--target', `127.0.0.1:${port}`, '--server-pid', String(child.pid), ...seconds]);
    const { stdout } = await run(command[0], command.slice(1), { timeout: 120_000 });
    const report = JSON.parse(stdout);
    console.error(`${figure.name}: ${JSON.stringify(report)}`);
    return report[figure.figure];
  } finally {
    child.removeAllListeners('exit');
    const gone = new Promise((done) => child.once('exit', done));
    child.kill('SIGKILL');
    await gone;
  }
}

const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];
const shown = (number) => (number === undefined ? '–' : number >= 100 ? Math.round(number).toLocaleString('en') : number.toFixed(2));

const peers = values.peers.split(',');
const rows = [];
for (const figure of kFigures) {
  const results = Object.fromEntries(peers.map((name) => [name, []]));
  for (let i = 0; i < Number(values.runs); i++) {
    for (const name of peers) {
      if ((figure.pings && !kPeers[name].pings) || (figure.msgpack && !kPeers[name].speaksMsgpack)) continue;
      try {
        const result = await measure(kPeers[name], figure);
        if (result !== undefined) results[name].push(result);
      } catch (error) {
        console.error(`${figure.name}: ${name}: ${error.stdout || error.message}`);
      }
    }
  }
  const of = (name) => (results[name]?.length ? median(results[name]) : undefined);
  const ratio = of('tutti') && of('floor') ? (of('tutti') / of('floor')).toFixed(2) : '–';
  rows.push([figure.name, ...peers.map((name) => shown(of(name))), ratio]);
}

const head = ['figure', ...peers, 'tutti × floor'];
if (values.markdown) for (const row of [head, head.map(() => '---'), ...rows]) console.log(`| ${row.join(' | ')} |`);
else console.table(rows.map((row) => Object.fromEntries(head.map((name, i) => [name, row[i]]))));
