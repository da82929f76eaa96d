import type { World } from './world.ts';

/**
 * Runs work that the user may break off with Ctrl-C; a second one ends the process at once.
 * @returns what the work resolves with, or undefined when it was broken off.
 */
export async function untilToldToStop<T>(
  world: World,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T | undefined> {
  const stop = new AbortController();
  const forget = world.onStopSignal((exitCode) => {
    if (stop.signal.aborted) world.exitNow(exitCode);
    stop.abort();
  });
  // A reader that stops early, of a pipe into `head` for example, wants no more.
  world.stdout.once?.('error', () => {
    stop.abort();
  });
  try {
    return await work(stop.signal);
  } catch (error) {
    if (stop.signal.aborted) return undefined;
    throw error;
  } finally {
    forget();
  }
}
