// Waiting for conditions instead of sleeping.
import {setTimeout as sleep} from 'node:timers/promises';

const POLL_MS = 15;

/**
 * Calls `condition` until it neither throws nor answers something falsy, and
 * resolves with its answer. After `withinMs` it rejects with the last reason.
 */
export async function eventually(condition, {withinMs = 10_000, what} = {}) {
  const deadline = Date.now() + withinMs;
  for (;;) {
    let reason;
    try {
      const answer = await condition();
      if (answer)
        return answer;
    } catch (error) {
      reason = error;
    }
    if (Date.now() > deadline) {
      const said = reason ? `: ${reason.message}` : '';
      throw new Error(
        `${what ?? 'the condition'} does not hold after ${withinMs} ms${said}`,
        {cause: reason});
    }
    await sleep(POLL_MS);
  }
}

/** Rejects when `promise` is not settled within the time. A limit that nobody
 * waits for any more keeps no process from its end. */
export async function within(promise, ms, what) {
  let timer;
  const limit = new Promise((_, reject) => {
    timer = setTimeout(
      () => reject(new Error(`${what} did not happen within ${ms} ms`)), ms);
    timer.unref();
  });
  try {
    return await Promise.race([promise, limit]);
  } finally {
    clearTimeout(timer);
  }
}

/** Resolves with the arguments of the next event `name` of `emitter`. */
export function next(emitter, name, ms = 10_000) {
  return within(new Promise((resolve) => emitter.once(name, resolve)), ms,
    `event "${name}"`);
}
