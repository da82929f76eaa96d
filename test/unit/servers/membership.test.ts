import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { SraasError } from '../../../src/errors.ts';
import { Membership } from '../../../src/servers/membership.ts';
import type { ServerStore } from '../../../src/servers/server-store.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const minuteMs = 60_000;

/** A database that servers lose and find again, all together or one alone, and whom they take for dead. */
function setUp() {
  const seenAt = new Map<string, number>();
  const cutOff = new Set<string>();
  const taken: string[] = [];
  const unseen = (forMs: number): string[] => [...seenAt].filter(([, at]) => at < Date.now() - forMs).map(([id]) => id);
  const storeOf = (self: string): ServerStore => {
    const reach = <Result>(answer: () => Result): Promise<Result> =>
      cutOff.has(self)
        ? Promise.reject(new SraasError('STORE_UNAVAILABLE', 'The database is away.'))
        : Promise.resolve(answer());
    const see = (): boolean => seenAt.set(self, Date.now()).has(self);
    return {
      announce: () => reach(() => void see()),
      beat: () => reach(see),
      leave: () => reach(() => void seenAt.delete(self)),
      unseen: (forMs) => reach(() => unseen(forMs)),
      wasSeen: () => reach(() => true),
      forget: () => reach(() => undefined),
    };
  };
  const open = async (instanceId: string): Promise<void> => {
    const membership = new Membership({
      store: storeOf(instanceId),
      self: { instanceId, runId: instanceId, host: 'here' },
      onReplaced: () => undefined,
      removalOf: (dead) => Promise.resolve(() => Promise.resolve(void taken.push(`${dead} by ${instanceId}`))),
      onFailure: () => undefined,
    });
    await membership.open();
  };
  return { open, cutOff, taken };
}

it('servers take nothing from each other, nor from themselves, when the database was away from all of them', async () => {
  const { open, cutOff, taken } = setUp();
  for (const name of ['one', 'two']) {
    await open(name);
    await vi.advanceTimersByTimeAsync(4000);
  }
  for (const name of ['one', 'two']) cutOff.add(name);
  await vi.advanceTimersByTimeAsync(5 * minuteMs);
  // Either comes back as it finds out: what counts is who looks first.
  cutOff.delete('two');
  await vi.advanceTimersByTimeAsync(9000);
  cutOff.delete('one');
  await vi.advanceTimersByTimeAsync(10 * minuteMs);
  expect(taken).toEqual([]);
});

it('a server that died while the database was away is found out when it has been back for a while', async () => {
  const { open, cutOff, taken } = setUp();
  for (const name of ['one', 'two']) await open(name);
  for (const name of ['one', 'two']) cutOff.add(name);
  await vi.advanceTimersByTimeAsync(5 * minuteMs);
  cutOff.delete('one');
  await vi.advanceTimersByTimeAsync(2 * minuteMs);
  expect(new Set(taken)).toEqual(new Set(['two by one']));
});
