import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UidAllocator } from '../../../src/sandboxes/uid-allocator.ts';

describe('user ids for sandboxes', () => {
  it('are all of the range, each once, and then there are no more', () => {
    const uids = new UidAllocator(20_000, 20_009);
    const taken = Array.from({ length: 10 }, () => uids.take());
    expect(taken.toSorted((one, other) => one - other)).toEqual(
      Array.from({ length: 10 }, (_, index) => 20_000 + index),
    );
    expect(() => uids.take()).toThrow(expect.objectContaining({ code: 'SANDBOX_START_FAILED' }));
  });

  it('can be taken again once they have been given back', () => {
    const uids = new UidAllocator(20_000, 20_002);
    const [, second] = [uids.take(), uids.take(), uids.take()];
    uids.giveBack(second);
    expect(uids.take()).toBe(second);
    expect(() => uids.take()).toThrow(expect.objectContaining({ code: 'SANDBOX_START_FAILED' }));
  });

  it('can be a single one', () => {
    const uids = new UidAllocator(20_000, 20_000);
    expect(uids.take()).toBe(20_000);
    uids.giveBack(20_000);
    expect(uids.take()).toBe(20_000);
  });

  it('rest for a round of the range before they serve again', () => {
    const uids = new UidAllocator(20_000, 20_009);
    const round = Array.from({ length: 10 }, () => {
      const uid = uids.take();
      uids.giveBack(uid);
      return uid;
    });
    expect(new Set(round).size).toBe(10);
  });

  it('do not grow in number when one that was not taken is given back', () => {
    const uids = new UidAllocator(20_000, 20_001);
    uids.giveBack(20_000);
    uids.giveBack(70_000);
    expect(new Set([uids.take(), uids.take()])).toEqual(new Set([20_000, 20_001]));
    expect(() => uids.take()).toThrow(expect.objectContaining({ code: 'SANDBOX_START_FAILED' }));
  });

  it('are never shared by two at a time, in whatever order they come and go', () => {
    const steps = fc.array(fc.oneof(fc.constant('take' as const), fc.nat({ max: 100 })), { maxLength: 200 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 12 }), steps, (size, wishes) => {
        const uids = new UidAllocator(1000, 1000 + size - 1);
        const live: number[] = [];
        for (const wish of wishes) {
          if (wish !== 'take') {
            const [gone] = live.splice(wish % Math.max(1, live.length), 1);
            if (gone !== undefined) uids.giveBack(gone);
          } else if (live.length === size) {
            expect(() => uids.take()).toThrow(expect.objectContaining({ code: 'SANDBOX_START_FAILED' }));
          } else {
            const uid = uids.take();
            expect(live).not.toContain(uid);
            expect(uid).toBeGreaterThanOrEqual(1000);
            expect(uid).toBeLessThan(1000 + size);
            live.push(uid);
          }
        }
      }),
    );
  });
});
