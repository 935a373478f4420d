// Safety under faults, then liveness: the real session against the model of the server. SIM_SEED and SIM_RUNS choose others.

import { describe, expect, it } from 'vitest';
import { hasLoneSurrogate } from '../src/change.js';
import { calm, Cluster } from './support/cluster.js';
import type { Mix } from './support/cluster.js';

const seedBase = Number(process.env.SIM_SEED ?? 1) * 1_000_003;
const runs = Number(process.env.SIM_RUNS ?? 60);
const rough: Mix = { ...calm, hook: 0.01, refuse: 0.03, unavailable: 0.05, closeStale: 0.004 };

function run(seed: number, mix: Mix): void {
  const cluster = new Cluster(seed, mix);
  for (let i = 0; i < 800; i++) cluster.step();
  cluster.heal();

  expect(cluster.settled(), 'everything settles').toBe(true);
  const truth = cluster.log.content.toDelta();
  expect(hasLoneSurrogate(cluster.log.content.toString())).toBe(false);
  for (const { session, shown, client } of cluster.editors) {
    const { replica } = session;
    expect(replica!.content.toDelta().ops, `${client} shows the log`).toEqual(truth.ops);
    expect(replica!.committed.toDelta().ops, `${client} holds the log`).toEqual(truth.ops);
    expect(shown.ops, `${client} told its editor everything`).toEqual(truth.ops);
  }
  expectExactlyOnce(cluster, mix);
}

function expectExactlyOnce(cluster: Cluster, mix: Mix): void {
  const seen = new Set<string>();
  for (const { operations } of cluster.log.revisions) {
    for (const { client, seq } of operations) {
      expect(seen.has(`${client}:${seq}`), `${client}:${seq} is there once`).toBe(false);
      seen.add(`${client}:${seq}`);
    }
  }
  if (mix.trim) return; // what was forgotten cannot be looked up
  for (const { client, seq } of cluster.lost) seen.add(`${client}:${seq}`);
  for (const { client, session, refusedSeqs } of cluster.editors) {
    for (let seq = 1; seq <= session.seq; seq++) {
      expect(seen.has(`${client}:${seq}`) || refusedSeqs.has(seq), `${client}:${seq} is not lost`).toBe(true);
    }
  }
}

const mixes: Record<string, Mix> = {
  'crashes, drops, slow members': calm,
  'refusals, unavailable, hooks, stale membership': rough,
  'a log that forgets': { ...rough, trim: 0.01 },
  'a log that loses its end (new epoch)': { ...rough, loseLog: 0.004 },
  'rich text': { ...rough, rich: true },
  'rich text, a log that forgets and loses': { ...rough, rich: true, trim: 0.01, loseLog: 0.004 },
  'operations above the limit': { ...rough, limit: 40 },
};

describe('any number of editors on a cluster', () => {
  for (const [name, mix] of Object.entries(mixes)) {
    it(`converges, loses nothing, applies nothing twice: ${name}`, () => {
      for (let i = 0; i < runs; i++) {
        try {
          run(seedBase + i, mix);
        } catch (error) {
          throw new Error(`seed ${seedBase + i}: ${(error as Error).message}`, { cause: error });
        }
      }
    });
  }
});
