import { setTimeout as delay } from 'node:timers/promises';

/** The waits between attempts to write an end down: about as long as a lease lasts. */
const delaysMs = [100, 200, 400, 800, 1600, 3200, 5000, 5000, 5000, 5000, 5000];

/**
 * Writes down what must not be lost, and tries again what the store could not do.
 *
 * @param signal aborts when the server closes: then it is tried once more, and that is all.
 * @param onFailure told of each failure but the last, which this rejects with.
 */
export async function insist<T>(
  write: () => Promise<T>,
  signal: AbortSignal,
  onFailure: (error: unknown) => void,
): Promise<T> {
  for (const delayMs of delaysMs) {
    try {
      return await write();
    } catch (error) {
      onFailure(error);
    }
    if (signal.aborted) break;
    await delay(delayMs, undefined, { signal }).catch(() => undefined);
  }
  return await write();
}
