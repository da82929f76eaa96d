import { EngineError } from '../engine-error.ts';
import { toEngineError } from './docker-error.ts';

/**
 * Runs one call to the engine under a time limit, and makes every failure an {@link EngineError}.
 *
 * The race with the timer is needed beside the abort signal: a reply whose connection breaks in the middle of its body never
 * settles in docker-modem.
 */
export async function withinTime<T>(
  timeoutMs: number,
  missing: 'container_not_found' | 'image_not_found' | 'network_not_found',
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const abort = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new EngineError('timeout', `The engine did not answer within ${timeoutMs} ms`));
      abort.abort();
    }, timeoutMs);
  });
  try {
    return await Promise.race([work(abort.signal), late]);
  } catch (error) {
    throw toEngineError(error, missing);
  } finally {
    clearTimeout(timer);
  }
}
