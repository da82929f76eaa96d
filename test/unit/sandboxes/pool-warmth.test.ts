import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Capacity } from '../../../src/sandboxes/capacity.ts';
import { scriptedPool, turn } from './scripted-pool.ts';

beforeEach(() => {
  // `setImmediate` stays real: the tests wait for everything to happen that needs no time.
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

const warm = (warmMin: number, max = 10) => ({ concurrency: { max, warm_min: warmMin } });

describe('the sandboxes that are kept without calls', () => {
  it('are started when the pool is asked to advance, and no more than wanted', async () => {
    const { pool, starts, startEnds } = scriptedPool({ config: warm(2) });
    pool.keepWarm();
    pool.keepWarm();
    expect(starts()).toBe(2);
    await startEnds();
    await startEnds();
    pool.keepWarm();
    expect(starts()).toBe(2);
  });

  it('serve a call at once', async () => {
    const { pool, call, startEnds } = scriptedPool({ config: warm(1) });
    pool.keepWarm();
    const sandbox = await startEnds();
    expect(await call()).toEqual({ kind: 'sandbox', sandbox, coldStart: false, queueMs: 0 });
  });

  it('are replaced when one is lost', async () => {
    const { pool, starts, startEnds } = scriptedPool({ config: warm(1) });
    pool.keepWarm();
    (await startEnds()).dies();
    pool.keepWarm();
    expect(starts()).toBe(2);
  });

  it('are none where every call is to have a fresh one, and none once the pool is retired', () => {
    const fresh = scriptedPool({ config: { ...warm(2), isolation: 'fresh' } });
    fresh.pool.keepWarm();
    expect(fresh.starts()).toBe(0);
    const retired = scriptedPool({ config: warm(2) });
    retired.pool.retire();
    retired.pool.keepWarm();
    expect(retired.starts()).toBe(0);
  });

  it('are not tried again at once after a failure, but later and later', async () => {
    const { pool, starts, startFails } = scriptedPool({ config: warm(1) });
    pool.keepWarm();
    for (const [index, holdMs] of [1000, 2000, 4000].entries()) {
      await startFails(new Error('no image'));
      vi.advanceTimersByTime(holdMs - 1);
      pool.keepWarm();
      expect(starts()).toBe(index + 1);
      vi.advanceTimersByTime(1);
      pool.keepWarm();
      expect(starts()).toBe(index + 2);
    }
  });

  it('are not tried again at once when the handler cannot be loaded', async () => {
    const { pool, starts, startEnds } = scriptedPool({ config: warm(1) });
    pool.keepWarm();
    await startEnds('spent');
    pool.keepWarm();
    expect(starts()).toBe(1);
    vi.advanceTimersByTime(1000);
    pool.keepWarm();
    expect(starts()).toBe(2);
  });

  it('do not hold a call back: it gets its start although the last one failed', async () => {
    const { pool, call, starts, startEnds, startFails } = scriptedPool({ config: warm(1) });
    pool.keepWarm();
    await startFails(new Error('no image'));
    const lease = call();
    expect(starts()).toBe(2);
    await startEnds();
    expect(await lease).toMatchObject({ kind: 'sandbox' });
  });

  it('keep their pool from counting as unused', () => {
    const { pool } = scriptedPool({ config: warm(1) });
    expect(pool.isUnused).toBe(true);
    pool.keepWarm();
    expect(pool.isUnused).toBe(false);
  });
});

describe('a handler that keeps failing to load', () => {
  it('is told to calls at once, without a start, until the back-off is over', async () => {
    const { call, starts, startEnds } = scriptedPool();
    const first = call();
    await startEnds('spent');
    const told = await first;
    for (const holdMs of [1000, 2000]) {
      const before = starts();
      vi.advanceTimersByTime(holdMs - 1);
      expect(await call()).toMatchObject({ ...told, initMs: 0, queueMs: 0 });
      expect(starts()).toBe(before);
      vi.advanceTimersByTime(1);
      const lease = call();
      expect(starts()).toBe(before + 1);
      await startEnds('spent');
      expect(await lease).toMatchObject({ kind: 'not_loaded' });
    }
  });

  it('is forgotten when it has loaded after all', async () => {
    const { pool, call, coldCall, starting, startEnds } = scriptedPool();
    const lease = call();
    await startEnds('spent');
    await lease;
    vi.advanceTimersByTime(1000);
    pool.release((await coldCall()).becomes('spent'));
    const next = call();
    expect(starting()).toBe(1);
    await startEnds();
    expect(await next).toMatchObject({ kind: 'sandbox' });
  });

  it('does not keep a call from a sandbox in which it did load', async () => {
    const { call, coldCall, pool, startEnds } = scriptedPool({ config: warm(0, 2) });
    const loaded = await coldCall();
    const lease = call();
    await startEnds('spent');
    await lease;
    const waiting = call();
    pool.release(loaded);
    expect(await waiting).toMatchObject({ kind: 'sandbox', sandbox: loaded });
  });
});

describe('sandboxes that have been idle for long', () => {
  it('go, the oldest first, down to those that are kept', async () => {
    const { pool, coldCall } = scriptedPool({ config: warm(1) });
    const sandboxes = [await coldCall(), await coldCall(), await coldCall()];
    pool.keepWarm();
    for (const sandbox of sandboxes) {
      vi.advanceTimersByTime(100);
      pool.release(sandbox.becomes('ready'));
    }
    pool.expire(performance.now() + 1);
    expect(sandboxes.map((sandbox) => sandbox.departures)).toEqual([1, 1, 0]);
  });

  it('stay while they have not been idle for as long as that', async () => {
    const { pool, coldCall } = scriptedPool();
    const [older, newer] = [await coldCall(), await coldCall()];
    pool.release(older.becomes('ready'));
    vi.advanceTimersByTime(100);
    pool.release(newer.becomes('ready'));
    pool.expire(newer.idleSince);
    expect([older.departures, newer.departures]).toEqual([1, 0]);
  });

  it('are not the busy ones', async () => {
    const { pool, coldCall } = scriptedPool();
    const busy = await coldCall();
    vi.advanceTimersByTime(100_000);
    pool.expire(performance.now());
    expect(busy.departures).toBe(0);
  });
});

describe('the queue’s time limit', () => {
  it('ends a call’s wait, and what comes later serves another', async () => {
    const { pool, call, coldCall } = scriptedPool({ config: warm(0, 1), maxWaitMs: 500 });
    const sandbox = await coldCall();
    const late = expect(call()).rejects.toMatchObject({ code: 'QUEUE_TIMEOUT' });
    vi.advanceTimersByTime(500);
    await late;
    pool.release(sandbox);
    expect(await call()).toMatchObject({ kind: 'sandbox', sandbox });
  });

  it('is the same while a version waits for capacity that others hold', async () => {
    const capacity = new Capacity(1);
    const [holder, waiter] = [scriptedPool({ capacity }), scriptedPool({ capacity, maxWaitMs: 500 })];
    await holder.coldCall();
    const late = expect(waiter.call()).rejects.toMatchObject({ code: 'QUEUE_TIMEOUT' });
    vi.advanceTimersByTime(500);
    await late;
    expect(waiter.starts()).toBe(0);
  });
});

describe('warm sandboxes that are more than there is room for', () => {
  it('send away neither their own nor those of others', async () => {
    const warm = (count: number): { concurrency: object } => ({ concurrency: { max: 10, warm_min: count } });
    const own = scriptedPool({ capacity: new Capacity(2), config: warm(3) });
    own.pool.keepWarm();
    while (own.starting() > 0) await own.startEnds();
    own.pool.advance();
    await turn();
    expect(own.sandboxes.map((sandbox) => sandbox.departures)).toEqual([0, 0]);

    const capacity = new Capacity(1);
    const [first, second] = [scriptedPool({ capacity, config: warm(1) }), scriptedPool({ capacity, config: warm(1) })];
    first.pool.keepWarm();
    const sandbox = await first.startEnds();
    second.pool.keepWarm();
    await turn();
    expect(sandbox.departures).toBe(0);
  });

  it('are kept for the version that is asked to be warm, not for one that is only called', async () => {
    const { pool, coldCall, starts } = scriptedPool({ config: { concurrency: { max: 3, warm_min: 2 } } });
    pool.release(await coldCall());
    pool.advance();
    expect(starts()).toBe(1);
  });
});
