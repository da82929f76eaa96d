import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { BackOff } from '../../../src/sandboxes/back-off.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** How long it holds back now, found by asking each 100 ms. */
function heldBackMs(backOff: BackOff): number {
  let waitedMs = 0;
  for (; !backOff.isOver(); waitedMs += 100) vi.advanceTimersByTime(100);
  return waitedMs;
}

describe('the back-off of starts that nobody waits for', () => {
  it('holds nothing back before the first failure', () => {
    expect(heldBackMs(new BackOff())).toBe(0);
  });

  it('doubles with each failure, from one second up to a minute', () => {
    const backOff = new BackOff();
    const waits = Array.from({ length: 9 }, () => {
      backOff.failed();
      return heldBackMs(backOff);
    });
    expect(waits).toEqual([1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000, 60_000]);
  });

  it('begins anew after a success, which ends it at once', () => {
    const backOff = new BackOff();
    for (let failures = 0; failures < 5; failures++) backOff.failed();
    backOff.succeeded();
    expect(heldBackMs(backOff)).toBe(0);
    backOff.failed();
    expect(heldBackMs(backOff)).toBe(1000);
  });
});
