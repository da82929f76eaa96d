import { SraasError } from '../errors.ts';
import type { HoldTimes } from './hold-times.ts';
import type { WaitingCalls } from './waiting-calls.ts';

interface QueueSituation {
  readonly waiting: WaitingCalls;
  readonly holdTimes: HoldTimes;
  /** Sandboxes that there are. */
  readonly live: number;
  /** Those that are being started, or may be. */
  readonly soon: number;
  readonly maxWaitMs: number;
}

/**
 * Lets one more call wait. What cannot be served in time is told so at once, not after a wait in vain.
 * @throws SraasError QUEUE_FULL
 */
export function requirePlace({ waiting, holdTimes, live, soon, maxWaitMs }: QueueSituation): void {
  const ahead = Math.max(0, waiting.length - soon);
  const waitMs = holdTimes.expectedWaitMs(ahead, live + soon);
  const retryAfterSeconds = Math.max(1, Math.ceil(waitMs / 1000));
  if (waiting.isFull(soon)) {
    throw new SraasError('QUEUE_FULL', 'Too many calls wait already; try again later.', { retryAfterSeconds });
  }
  if (waitMs > maxWaitMs) {
    throw new SraasError(
      'QUEUE_FULL',
      `The calls that wait already would keep this one waiting for about ${retryAfterSeconds} s, which is too long; try again later.`,
      { retryAfterSeconds },
    );
  }
}
