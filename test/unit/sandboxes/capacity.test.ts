import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Capacity, type CapacityUser } from '../../../src/sandboxes/capacity.ts';

/** A pool, as far as capacity is concerned: what is idle since when, how many it wants, what it lost and got. */
class CountingUser implements CapacityUser {
  idleSince: number[];
  wanted = 0;
  started = 0;
  memoryMb = 0;
  evicted: number[] = [];
  readonly #leaving: (() => void)[] = [];
  readonly #capacity: Capacity;

  constructor(capacity: Capacity, idleSince: number[] = []) {
    this.#capacity = capacity;
    this.idleSince = idleSince;
    capacity.join(this);
  }

  get isWaitedFor(): boolean {
    return this.wanted > 0;
  }

  oldestIdleSince(): number | undefined {
    return this.idleSince[0];
  }

  evictOldestIdle(gone: () => void): void {
    const since = this.idleSince.shift();
    if (since === undefined) return;
    this.evicted.push(since);
    this.#leaving.push(gone);
  }

  /** The sandbox that was evicted first has been removed. */
  hasGone(memoryMb = 0): void {
    this.#leaving.shift()?.();
    this.#capacity.giveBack(taker(memoryMb));
  }

  advance(): void {
    while (this.wanted > 0 && this.#capacity.tryTake(this)) {
      this.wanted--;
      this.started++;
    }
  }
}

/** Somebody who takes and gives back, and has nothing that could go. */
const taker = (memoryMb: number): CapacityUser => ({
  memoryMb,
  isWaitedFor: false,
  oldestIdleSince: () => undefined,
  evictOldestIdle: () => undefined,
  advance: () => undefined,
});
const anybody = taker(0);

function full(max: number): Capacity {
  const capacity = new Capacity(max);
  for (let taken = 0; taken < max; taken++) capacity.tryTake(anybody);
  return capacity;
}

describe('the capacity that all pools share', () => {
  it('is given out up to its number and no further', () => {
    const capacity = new Capacity(2);
    expect([capacity.tryTake(anybody), capacity.tryTake(anybody), capacity.tryTake(anybody)]).toEqual([
      true,
      true,
      false,
    ]);
    expect(capacity.taken).toBe(2);
    capacity.giveBack(anybody);
    expect(capacity.taken).toBe(1);
    expect(capacity.tryTake(anybody)).toBe(true);
  });

  it('is made by sending away the sandbox that has been idle longest, whoever has it', () => {
    const capacity = full(3);
    const [one, other] = [new CountingUser(capacity, [30, 40]), new CountingUser(capacity, [20])];
    expect(capacity.tryTake(anybody)).toBe(false);
    expect([one.evicted, other.evicted]).toEqual([[], [20]]);
    other.hasGone();
    expect(capacity.tryTake(anybody)).toBe(true);
    expect(capacity.tryTake(anybody)).toBe(false);
    expect([one.evicted, other.evicted]).toEqual([[30], [20]]);
  });

  it('sends away one at a time: the next when the first has gone', () => {
    const capacity = full(3);
    const user = new CountingUser(capacity, [1, 2, 3]);
    for (let tries = 0; tries < 5; tries++) expect(capacity.tryTake(anybody)).toBe(false);
    expect(user.evicted).toEqual([1]);
  });

  it('sends nobody away while there is room, or when all are busy', () => {
    const capacity = new Capacity(1);
    const user = new CountingUser(capacity, [1]);
    expect(capacity.tryTake(anybody)).toBe(true);
    expect(user.evicted).toEqual([]);
    user.idleSince = [];
    expect(capacity.tryTake(anybody)).toBe(false);
    expect(user.evicted).toEqual([]);
    // Nothing was sent away for that: as soon as one is idle, it goes.
    user.idleSince = [5];
    expect(capacity.tryTake(anybody)).toBe(false);
    expect(user.evicted).toEqual([5]);
  });

  it('is a sum of memory as well as a number', () => {
    const capacity = new Capacity(10, 1000);
    expect([capacity.tryTake(taker(600)), capacity.tryTake(taker(500)), capacity.tryTake(taker(400))]).toEqual([
      true,
      false,
      true,
    ]);
    expect(capacity.tryTake(taker(1))).toBe(false);
    capacity.giveBack(taker(600));
    expect(capacity.taken).toBe(1);
    expect([capacity.tryTake(taker(601)), capacity.tryTake(taker(600))]).toEqual([false, true]);
  });

  it('sends away what is idle for want of memory, until there is enough', () => {
    const capacity = new Capacity(10, 1000);
    for (let taken = 0; taken < 3; taken++) capacity.tryTake(taker(300));
    const user = new CountingUser(capacity, [1, 2, 3]);
    expect(capacity.tryTake(taker(600))).toBe(false);
    user.hasGone(300);
    expect(capacity.tryTake(taker(600))).toBe(false);
    expect(user.evicted).toEqual([1, 2]);
    user.hasGone(300);
    expect(capacity.tryTake(taker(600))).toBe(true);
    expect(user.evicted).toEqual([1, 2]);
  });

  it('sends the next one away only when the one before has gone, whoever else gives room back meanwhile', () => {
    const capacity = full(3);
    const user = new CountingUser(capacity, [1, 2]);
    expect(capacity.tryTake(anybody)).toBe(false);
    capacity.giveBack(anybody);
    expect([capacity.tryTake(anybody), capacity.tryTake(anybody)]).toEqual([true, false]);
    expect(user.evicted).toEqual([1]);
    user.hasGone();
    expect([capacity.tryTake(anybody), capacity.tryTake(anybody)]).toEqual([true, false]);
    expect(user.evicted).toEqual([1, 2]);
  });

  it('sends nobody away for what nobody waits for, nor for what can never fit', () => {
    const capacity = new Capacity(1, 1000);
    expect(capacity.tryTake(taker(300))).toBe(true);
    const user = new CountingUser(capacity, [1]);
    expect(capacity.tryTake(taker(100), false)).toBe(false);
    expect(capacity.tryTake(taker(2000))).toBe(false);
    expect(user.evicted).toEqual([]);
  });

  it('keeps free memory for the first that was refused it, while calls wait there', () => {
    const capacity = new Capacity(10, 1000);
    const [big, small] = [new CountingUser(capacity), new CountingUser(capacity)];
    [big.memoryMb, small.memoryMb] = [800, 300];
    for (let taken = 0; taken < 3; taken++) capacity.tryTake(taker(300));
    big.wanted = 1;
    big.advance();
    small.wanted = 5;
    for (let gone = 0; gone < 2; gone++) {
      capacity.giveBack(taker(300));
      expect([big.started, small.started]).toEqual([0, 0]);
    }
    capacity.giveBack(taker(300));
    expect([big.started, small.started]).toEqual([1, 0]);
    big.hasGone(800);
    expect(small.started).toBe(3);
  });

  it('keeps nothing for a pool whose calls have left, nor for one that has left itself', () => {
    for (const leave of ['calls', 'pool'] as const) {
      const capacity = new Capacity(10, 1000);
      const big = new CountingUser(capacity);
      big.memoryMb = 800;
      capacity.tryTake(taker(300));
      big.wanted = 1;
      big.advance();
      expect(capacity.tryTake(taker(300))).toBe(false);
      if (leave === 'calls') big.wanted = 0;
      else capacity.leave(big);
      expect(capacity.tryTake(taker(300))).toBe(true);
    }
  });

  it('asks no pool that has left', () => {
    const capacity = full(1);
    const user = new CountingUser(capacity, [1]);
    capacity.leave(user);
    user.wanted = 1;
    expect(capacity.tryTake(anybody)).toBe(false);
    capacity.giveBack(anybody);
    expect([user.evicted, user.started]).toEqual([[], 0]);
  });

  it('goes to whoever waits when it comes back', () => {
    const capacity = full(1);
    const [, second] = [new CountingUser(capacity), new CountingUser(capacity)];
    second.wanted = 1;
    capacity.giveBack(anybody);
    expect(second.started).toBe(1);
    expect(capacity.taken).toBe(1);
  });

  it('goes round when it comes back piece by piece, so that nobody starves', () => {
    const capacity = full(1);
    const users = [1, 2, 3].map(() => new CountingUser(capacity));
    for (const user of users) user.wanted = 100;
    for (let round = 0; round < 10; round++) {
      for (const _ of users) capacity.giveBack(anybody);
      expect(users.map((user) => user.started)).toEqual(users.map(() => round + 1));
    }
  });

  it('is never exceeded nor lost, whatever pools do', () => {
    const steps = fc.array(fc.record({ user: fc.nat({ max: 3 }), give: fc.boolean() }), { maxLength: 100 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5 }), steps, (max, turns) => {
        const capacity = new Capacity(max);
        const users = Array.from({ length: 4 }, () => new CountingUser(capacity));
        let gone = 0;
        for (const { user: index, give } of turns) {
          const user = users[index];
          if (give && capacity.taken > 0) {
            gone++;
            capacity.giveBack(anybody);
          } else if (user !== undefined) {
            user.wanted++;
            user.advance();
          }
          const started = users.reduce((sum, { started }) => sum + started, 0);
          const wanted = users.reduce((sum, { wanted }) => sum + wanted, 0);
          expect(capacity.taken).toBe(started - gone);
          expect(capacity.taken).toBeLessThanOrEqual(max);
          // Nobody waits beside free room.
          expect(wanted === 0 || capacity.taken === max).toBe(true);
        }
      }),
    );
  });
});
