import { afterEach, expect, it, vi } from 'vitest';
import { validate, version } from 'uuid';
import { timeOrderedId } from '../../src/time-ordered-id.ts';

afterEach(() => {
  vi.useRealTimers();
});

it('is a UUID of version 7 that tells its time', () => {
  vi.useFakeTimers({ now: Date.now() + 60_000 });
  const id = timeOrderedId();
  expect([validate(id), version(id)]).toEqual([true, 7]);
  expect(Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16)).toBe(Date.now());
});

it('is never the same, and in the order of asking, within a millisecond and when the clock goes back', () => {
  vi.useFakeTimers({ now: Date.now() + 120_000 });
  const ids = Array.from({ length: 2000 }, timeOrderedId);
  vi.setSystemTime(Date.now() - 60_000);
  ids.push(...Array.from({ length: 2000 }, timeOrderedId));
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids.toSorted()).toEqual(ids);
});
