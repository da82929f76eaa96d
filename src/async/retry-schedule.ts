import type { AsyncPolicy } from '../functions/function.ts';

/** No wait is longer, however many attempts there were. */
export const longestDelayMs = 900_000;

const firstDeferralMs = 1000;
const longestDeferralMs = 60_000;

/**
 * The wait after an attempt that failed, in milliseconds: it doubles with each, up to {@link longestDelayMs}, and is drawn
 * between half of that and all of it, so that what failed together does not come again together.
 *
 * @param attempt The one that failed: 1, 2, …
 * @param random Gives numbers from 0 up to, but not including, 1.
 */
export function retryDelayMs(
  { firstDelayMs }: Pick<AsyncPolicy, 'firstDelayMs'>,
  attempt: number,
  random: () => number,
): number {
  return jittered(doubled(firstDelayMs, attempt - 1, longestDelayMs), random);
}

/**
 * The wait after the platform could not run it, for want of room or of an engine, in milliseconds.
 *
 * @param deferrals How often in a row that was so, this time among them: 1, 2, …
 */
export function deferralDelayMs(deferrals: number, random: () => number): number {
  return jittered(doubled(firstDeferralMs, deferrals - 1, longestDeferralMs), random);
}

function doubled(first: number, times: number, most: number): number {
  // 2 ** 1100 is infinite, which is fine but for 0 * Infinity.
  return first === 0 ? 0 : Math.min(most, first * 2 ** times);
}

function jittered(delayMs: number, random: () => number): number {
  return Math.round(delayMs / 2 + (delayMs / 2) * random());
}
