/** A span of time as documents have it: in milliseconds, with the fraction down to microseconds. */
export function milliseconds(value: number): number {
  return Math.round(value * 1000) / 1000;
}
