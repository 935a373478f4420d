// node compare.mjs [OT_BENCH]: ot-bench and its peers in one run, medians and ratios. `npm ci` here first.
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { peers } from './peers.mjs';

const program = process.argv[2] ?? fileURLToPath(new URL('../../../build/release/bin/ot-bench', import.meta.url));
const median = (values) => values.sort((a, b) => a - b)[values.length >> 1];
const milliseconds = { ns: 1e-6, us: 1e-3, ms: 1 };

const ours = new Map();
const figures = [...new Set(peers.map(([figure]) => figure))];
const json = execFileSync(program, [
  `--benchmark_filter=^(${figures.join('|')})$`, '--benchmark_repetitions=5', '--benchmark_min_time=0.2',
  '--benchmark_report_aggregates_only=true', '--benchmark_format=json',
], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
for (const run of JSON.parse(json).benchmarks) {
  if (run.aggregate_name === 'median') ours.set(run.run_name, run.real_time * milliseconds[run.time_unit]);
}

console.log('figure | peer | peer, ms | tutti-ot, ms | ratio');
for (const [figure, peer, run, rounds] of peers) {
  const times = [];
  for (let i = 0; i < rounds; i++) {
    const start = performance.now();
    run();
    times.push(performance.now() - start);
  }
  const theirs = median(times);
  console.log(`${figure} | ${peer} | ${theirs.toFixed(2)} | ${ours.get(figure).toFixed(3)} | ${(theirs / ours.get(figure)).toFixed(0)}x`);
}
