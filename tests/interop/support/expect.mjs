// Waiting with a bound, in words that a failed test can print.
import assert from 'node:assert/strict';
import { once } from 'node:events';

export const kWaitMs = 5000;

// The promise's result, or an error that says what did not happen in time.
export async function within(milliseconds, promise, what) {
  let timer;
  const late = new Promise((_, fail) => {
    timer = setTimeout(() => fail(new Error(`waited ${milliseconds} ms for ${what}`)), milliseconds);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

// The arguments of the next `event` of an emitter.
export function next(emitter, event, milliseconds = kWaitMs) {
  const abort = new AbortController();
  return within(milliseconds, once(emitter, event, { signal: abort.signal }), `"${event}"`).finally(() => abort.abort());
}

// As `next`, for the emitters of socket.io-client, which are not Node's.
export function nextEvent(socket, event, milliseconds = kWaitMs) {
  return within(milliseconds, new Promise((done) => socket.once(event, (...args) => done(args))), `"${event}"`);
}

// Until `condition` holds, tested every few milliseconds.
export async function eventually(condition, what, milliseconds = kWaitMs) {
  const end = performance.now() + milliseconds;
  for (;;) {
    const result = await condition();
    if (result) return result;
    if (performance.now() > end) throw new Error(`waited ${milliseconds} ms for ${what}`);
    await pause(5);
  }
}

export function pause(milliseconds) {
  return new Promise((done) => setTimeout(done, milliseconds));
}

// Nothing arrives in `milliseconds`: the only way to show that a server stays silent.
export async function silent(received, milliseconds = 100) {
  const before = received.length;
  await pause(milliseconds);
  assert.deepEqual(received.slice(before), [], 'nothing should have arrived');
}
