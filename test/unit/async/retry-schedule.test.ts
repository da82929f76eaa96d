import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deferralDelayMs, longestDelayMs, retryDelayMs } from '../../../src/async/retry-schedule.ts';

const policy = { firstDelayMs: 1000 };
const most = (): number => 0.999_999_999;

describe('the wait before the next attempt', () => {
  it('doubles with each attempt that failed', () => {
    expect([1, 2, 3, 4].map((attempt) => retryDelayMs(policy, attempt, most))).toEqual([1000, 2000, 4000, 8000]);
  });

  it('lies between half of it and all of it', () => {
    expect(retryDelayMs(policy, 2, () => 0)).toBe(1000);
    expect(retryDelayMs(policy, 2, () => 0.5)).toBe(1500);
  });

  it('is never longer than a quarter of an hour, nor negative, nor no number', () => {
    fc.assert(
      fc.property(
        fc.nat(86_400_000),
        fc.integer({ min: 1, max: 5000 }),
        fc.double({ min: 0, max: 0.99, noNaN: true }),
        (...all) => {
          const [firstDelayMs, attempt, random] = all;
          const delayMs = retryDelayMs({ firstDelayMs }, attempt, () => random);
          expect(delayMs).toBeGreaterThanOrEqual(0);
          expect(delayMs).toBeLessThanOrEqual(longestDelayMs);
        },
      ),
    );
  });

  it('is nothing where the function wants none', () => {
    expect(retryDelayMs({ firstDelayMs: 0 }, 2000, most)).toBe(0);
  });
});

describe('the wait until the platform is asked again', () => {
  it('doubles up to a minute', () => {
    expect([1, 2, 3, 7, 2000].map((times) => deferralDelayMs(times, most))).toEqual([1000, 2000, 4000, 60_000, 60_000]);
  });
});
