import { clearInterval, setInterval } from 'node:timers';

const heartbeatMs = 15_000;

/** Says that a part of the set-up is in order. */
export function ok(subject, text) {
  console.log(`[ok] ${subject}: ${text}`);
}

/** Says that something is not there which the rest goes on without. */
export function missing(subject, text) {
  console.log(`[!!] ${subject}: ${text}`);
}

/**
 * Runs one step: a line when it begins, one when it ends, with seconds, and a sign of life when it takes long.
 * @param quiet false for a step that shows its own progress.
 */
export async function step(subject, doing, done, work, { quiet = true } = {}) {
  console.log(`[..] ${subject}: ${doing}`);
  const startedMs = Date.now();
  const seconds = () => `${Math.round((Date.now() - startedMs) / 1000)} s`;
  const heartbeat = setInterval(() => {
    if (quiet) console.log(`[..] ${subject}: still at it (${seconds()})`);
  }, heartbeatMs);
  try {
    const value = await work();
    ok(subject, `${done} in ${seconds()}`);
    return value;
  } finally {
    clearInterval(heartbeat);
  }
}
