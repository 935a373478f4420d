// Recorded editing sessions (tests/vectors/traces), and how to type them again through a server.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { applyToText, composed, editOf } from './changes.mjs';
import { within } from './expect.mjs';
import { root } from './server.mjs';

export function readTrace(name) {
  return JSON.parse(gunzipSync(readFileSync(join(root, 'tests/vectors/traces', `${name}.json.gz`))));
}

// How many transactions of the other agent each one had seen when it was made (two agents, each totally ordered).
function seenOfOther(transactions) {
  const seen = [];
  return transactions.map(({ parents, agent }) => {
    const known = [0, 1].map((who) => Math.max(0, ...parents.map((parent) => seen[parent][who])));
    seen.push(known.map((count, who) => count + (who === agent ? 1 : 0)));
    return known[1 - agent];
  });
}

// What each of the two agents types, in its order: {patches, seen, after}. `seen` operations of the other agent were in its
// view; `after` of them must be committed before it. They differ in one place, a tie: the end of friendsforever comes out if
// transactions 22365 to 22368 are committed before 22360 (traces/README.md).
export function friendsForever() {
  const { txns, endContent } = readTrace('friendsforever');
  const seen = seenOfOther(txns);
  const agents = [[], []];
  const placeOf = txns.map(({ agent, patches }, index) => agents[agent].push({ patches, seen: seen[index], after: seen[index] }) - 1);
  agents[1][placeOf[22360]].after = placeOf[22368] + 1;
  return { endContent, agents };
}

// One agent of a concurrent trace: a SharedText whose deliveries are held back until the trace says that the agent saw them.
// What the protocol makes it take in earlier (a client bases an operation on its own newest one) stays out of the agent's
// sight: `unseen` leads from what the agent sees to what the client holds, one change an operation of the other agent.
export class TraceAgent {
  typed = 0;
  seen = 0; // operations of the other agent in view
  taken = 0; // operations of the other agent that the client holds
  unseen = [];
  inbox = [];
  arrived = { own: 0, others: 0 };

  constructor(shared) {
    this.shared = shared;
    shared.arrived = (delivery) => {
      this.inbox.push(delivery);
      if (delivery.operations) this.arrived.own++;
      if (holdsOthers(delivery)) this.arrived.others++;
      this.wake?.();
    };
  }

  #take() {
    const delivery = this.inbox.shift();
    if (!delivery) throw new Error('the agent would wait for something that nobody typed');
    const remote = [];
    const collect = (change) => remote.push(change);
    this.shared.on('remote', collect);
    this.shared.receive(delivery);
    this.shared.off('remote', collect);
    if (!holdsOthers(delivery)) return;
    this.taken++;
    this.unseen.push(composed(remote));
  }

  // Takes deliveries until the own operation is acknowledged and `count` operations of the other agent are in view.
  see(count) {
    while (this.shared.inFlight || this.taken < count) this.#take();
    this.unseen.splice(0, count - this.seen);
    this.seen = count;
  }

  type({ patches, seen }) {
    this.see(seen);
    this.typed++;
    for (const patch of patches) {
      let change = editOf(patch);
      this.unseen = this.unseen.map((remote) => {
        const moved = change.transform(remote, false);
        change = remote.transform(change, true);
        return moved;
      });
      this.shared.edit(change);
    }
  }

  // Until everything that was typed so far has come here.
  async hasGot(others) {
    while (this.arrived.own < this.typed || this.arrived.others < others)
      await within(10_000, new Promise((done) => (this.wake = done)), `operation ${this.typed}`);
  }

  takeRest() {
    while (this.inbox.length) this.#take();
    this.unseen = [];
  }
}

// The other agent has one operation in flight at most, so that a delivery holds one of its operations or none.
const holdsOthers = ({ operations, before, after }) => !operations || operations.length > 1 || Boolean(before) || Boolean(after);

// Types a trace of two agents. Whenever both may type, neither having seen the other's next, both do at once, and the server
// moves whichever comes second. Answers how many operations went out side by side.
export async function replayConcurrently(lists, agents) {
  let together = 0;
  const next = (who) => {
    const step = lists[who][agents[who].typed];
    return step && step.after <= agents[1 - who].typed ? { agent: agents[who], step } : undefined;
  };
  for (;;) {
    const ready = [next(0), next(1)].filter(Boolean);
    if (!ready.length) break;
    for (const { agent, step } of ready) agent.type(step);
    if (ready.length === 2) together += 2;
    await Promise.all(agents.map((agent, who) => agent.hasGot(agents[1 - who].typed)));
  }
  for (const agent of agents) agent.takeRest();
  return together;
}

export function applyPatches(text, patches) {
  return patches.reduce((content, patch) => applyToText(content, editOf(patch)), text);
}
