import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Lease } from '../../../src/sandboxes/lease.ts';
import { WaitingCalls, WaitingTogether } from '../../../src/sandboxes/waiting-calls.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const staying = new AbortController().signal;
/** Calls tell leases apart by who they are; what is in one is the pool's business. */
const lease = (name: string): Lease => ({ name }) as unknown as Lease;
const queueOf = (maxLength: number): WaitingCalls => new WaitingCalls({ maxLength, maxWaitMs: 1000 });

describe('the calls that wait for a sandbox', () => {
  it('are served in the order in which they came', async () => {
    const queue = queueOf(10);
    const waits = ['a', 'b', 'c'].map(() => queue.wait(staying));
    for (const name of ['first', 'second', 'third']) expect(queue.serve(() => lease(name))).toBe(true);
    expect(await Promise.all(waits)).toEqual([lease('first'), lease('second'), lease('third')]);
    expect(queue.length).toBe(0);
  });

  it('are told how long they waited', async () => {
    const queue = queueOf(10);
    const wait = queue.wait(staying);
    await vi.advanceTimersByTimeAsync(250);
    const makeLease = vi.fn(() => lease('a'));
    queue.serve(makeLease);
    await wait;
    expect(makeLease.mock.calls).toEqual([[250]]);
  });

  it('leave after the longest wait, with QUEUE_TIMEOUT and when to come again', async () => {
    const queue = queueOf(10);
    const late = expect(queue.wait(staying)).rejects.toMatchObject({ code: 'QUEUE_TIMEOUT', retryAfterSeconds: 1 });
    await vi.advanceTimersByTimeAsync(999);
    expect(queue.length).toBe(1);
    const next = queue.wait(staying);
    await vi.advanceTimersByTimeAsync(1);
    await late;
    expect(queue.serve(() => lease('a'))).toBe(true);
    expect(await next).toEqual(lease('a'));
  });

  it('leave when they no longer want to, with the reason that they gave', async () => {
    const queue = queueOf(10);
    const caller = new AbortController();
    const gone = queue.wait(caller.signal);
    const next = queue.wait(staying);
    caller.abort(new Error('gone'));
    await expect(gone).rejects.toThrow('gone');
    queue.serve(() => lease('a'));
    expect(await next).toEqual(lease('a'));
  });

  it('do not begin to wait when they have left before', async () => {
    const queue = queueOf(10);
    await expect(queue.wait(AbortSignal.abort(new Error('gone')))).rejects.toThrow('gone');
    expect(queue.length).toBe(0);
  });

  it('get no lease once they have left: it stays with who offered it', async () => {
    const queue = queueOf(10);
    const caller = new AbortController();
    const gone = queue.wait(caller.signal);
    caller.abort(new Error('gone'));
    await expect(gone).rejects.toThrow('gone');
    const makeLease = vi.fn(() => lease('late'));
    expect(queue.serve(makeLease)).toBe(false);
    expect(makeLease).not.toHaveBeenCalled();
  });

  it('get no lease in the very turn in which they leave', async () => {
    const queue = queueOf(10);
    const caller = new AbortController();
    const gone = expect(queue.wait(caller.signal)).rejects.toThrow('gone');
    caller.abort(new Error('gone'));
    expect(queue.serve(() => lease('late'))).toBe(false);
    await gone;
  });

  it('stay served although their signal aborts and their time is up afterwards', async () => {
    const queue = queueOf(10);
    const caller = new AbortController();
    const wait = queue.wait(caller.signal);
    queue.serve(() => lease('a'));
    caller.abort(new Error('gone'));
    await vi.advanceTimersByTimeAsync(5000);
    expect(await wait).toEqual(lease('a'));
    expect(vi.getTimerCount()).toBe(0);
  });

  it('are told of a failure one at a time, the longest waiting first', async () => {
    const queue = queueOf(10);
    const first = expect(queue.wait(staying)).rejects.toThrow('no image');
    const second = queue.wait(staying);
    queue.fail(new Error('no image'));
    await first;
    queue.serve(() => lease('a'));
    expect(await second).toEqual(lease('a'));
  });

  it('can all be told at once', async () => {
    const queue = queueOf(10);
    const waits = [1, 2, 3].map(() => expect(queue.wait(staying)).rejects.toThrow('draining'));
    queue.failAll(new Error('draining'));
    await Promise.all(waits);
    expect(queue.length).toBe(0);
  });

  it('are too many when as many wait as may, those not counted that are being served', async () => {
    const queue = queueOf(2);
    const waits: Promise<Lease>[] = [];
    expect(queue.isFull(0)).toBe(false);
    waits.push(queue.wait(staying), queue.wait(staying));
    expect(queue.isFull(0)).toBe(true);
    expect(queue.isFull(1)).toBe(false);
    waits.push(queue.wait(staying));
    expect(queue.isFull(1)).toBe(true);
    while (queue.serve(() => lease('a')));
    await Promise.all(waits);
    expect(queue.isFull(0)).toBe(false);
    expect(queueOf(0).isFull(0)).toBe(true);
  });

  it('are none when nobody waits: a lease is not made, and a failure is nobody’s', () => {
    const queue = queueOf(1);
    const makeLease = vi.fn(() => lease('a'));
    expect(queue.serve(makeLease)).toBe(false);
    queue.fail(new Error('nobody'));
    expect(makeLease).not.toHaveBeenCalled();
  });
});

describe('the bound on all queues together', () => {
  it('turns calls away from a queue of its own room, until one has left, however that came', async () => {
    const together = new WaitingTogether(3);
    const [one, other] = [1, 2].map(() => new WaitingCalls({ maxLength: 10, maxWaitMs: 1000, together }));
    if (one === undefined || other === undefined) throw new Error('There are two');
    const caller = new AbortController();
    const gone = expect(one.wait(caller.signal)).rejects.toThrow('gone');
    const served = one.wait(staying);
    const failed = expect(other.wait(staying)).rejects.toThrow('no');
    expect([one.isFull(0), other.isFull(0)]).toEqual([true, true]);
    caller.abort(new Error('gone'));
    await gone;
    expect(other.isFull(0)).toBe(false);
    const late = expect(other.wait(staying)).rejects.toMatchObject({ code: 'QUEUE_TIMEOUT' });
    expect(one.isFull(0)).toBe(true);
    one.serve(() => lease('a'));
    other.fail(new Error('no'));
    await vi.advanceTimersByTimeAsync(1000);
    await Promise.all([served, failed, late]);
    expect(together.count).toBe(0);
  });
});
