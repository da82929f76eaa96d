const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;

/** The waits after the first, second, … call that failed: eight calls within a day. */
const waitsMs = [5 * second, 30 * second, 2 * minute, 15 * minute, hour, 4 * hour, 12 * hour] as const;

/**
 * The wait after a call that failed, in milliseconds, up to a fifth longer than the table says; undefined when it was the last.
 * @param attempt The call that failed: 1, 2, …
 */
export function nextCallDelayMs(attempt: number, random: () => number): number | undefined {
  const waitMs = waitsMs[attempt - 1];
  return waitMs === undefined ? undefined : Math.round(waitMs * (1 + random() / 5));
}
