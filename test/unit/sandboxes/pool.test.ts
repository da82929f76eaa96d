import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { SraasError } from '../../../src/errors.ts';
import { Capacity } from '../../../src/sandboxes/capacity.ts';
import { sandboxOf, scriptedPool, turn } from './scripted-pool.ts';

const startFailed = new SraasError('SANDBOX_START_FAILED', 'no');
const draining = new SraasError('DRAINING', 'bye');
const one = { concurrency: { max: 1 } };

describe('a call', () => {
  it('gets a sandbox that is started for it', async () => {
    const { call, startEnds, starts } = scriptedPool();
    const lease = call();
    const sandbox = await startEnds();
    expect(await lease).toMatchObject({ kind: 'sandbox', coldStart: true });
    expect(sandboxOf(await lease)).toBe(sandbox);
    expect(starts()).toBe(1);
  });

  it('gets the sandbox that served the call before, without a start and without waiting', async () => {
    const { pool, call, coldCall, starts } = scriptedPool();
    const sandbox = await coldCall();
    pool.release(sandbox);
    expect(await call()).toEqual({ kind: 'sandbox', sandbox, coldStart: false, queueMs: 0 });
    expect(starts()).toBe(1);
  });

  it('gets the sandbox that was used last, so that the others grow old', async () => {
    const { pool, call, coldCall } = scriptedPool();
    const [first, second] = [await coldCall(), await coldCall()];
    pool.release(second);
    pool.release(first);
    expect(sandboxOf(await call())).toBe(first);
    expect(sandboxOf(await call())).toBe(second);
  });

  it('gets the sandbox that another gives back when that is sooner than its start', async () => {
    const { pool, call, coldCall, startEnds, starts } = scriptedPool();
    const sandbox = await coldCall();
    const lease = call();
    pool.release(sandbox);
    expect(sandboxOf(await lease)).toBe(sandbox);
    // The start was not in vain: its sandbox serves the next call.
    const spare = await startEnds();
    expect(await call()).toEqual({ kind: 'sandbox', sandbox: spare, coldStart: false, queueMs: 0 });
    expect(starts()).toBe(2);
  });

  it('gets its own start, as many as there are calls', async () => {
    const { call, starting, startEnds } = scriptedPool();
    const leases = [call(), call(), call()];
    expect(starting()).toBe(3);
    const sandboxes = [await startEnds(), await startEnds(), await startEnds()];
    expect((await Promise.all(leases)).map(sandboxOf)).toEqual(sandboxes);
  });

  it('that has left leaves the sandbox that was started for it to the next', async () => {
    const { call, startEnds, starts } = scriptedPool();
    const caller = new AbortController();
    const gone = call(caller.signal);
    caller.abort(new Error('gone'));
    await expect(gone).rejects.toThrow('gone');
    const sandbox = await startEnds();
    expect(sandboxOf(await call())).toBe(sandbox);
    expect(starts()).toBe(1);
  });

  it('waits when the version has as many sandboxes as it may have', async () => {
    const { pool, call, coldCall, starting } = scriptedPool({ config: one });
    const sandbox = await coldCall();
    const lease = call();
    expect(starting()).toBe(0);
    pool.release(sandbox);
    expect(sandboxOf(await lease)).toBe(sandbox);
  });

  it('is refused at once when those before it would keep it waiting for too long', async () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    onTestFinished(() => {
      vi.useRealTimers();
    });
    const { pool, call, coldCall } = scriptedPool({ config: one, maxWaitMs: 10_000 });
    const sandbox = await coldCall();
    vi.advanceTimersByTime(4000);
    pool.release(sandbox);
    // Each call took four seconds so far: the fourth would have to wait for three of them.
    const [first] = [call(), call(), call(), call()];
    await expect(call()).rejects.toMatchObject({ code: 'QUEUE_FULL', retryAfterSeconds: 12 });
    expect(sandboxOf(await first)).toBe(sandbox);
  });

  it('is refused with QUEUE_FULL when too many wait already, not counting those that a start is for', async () => {
    const { call, startEnds } = scriptedPool({ config: { concurrency: { max: 2 } }, maxWaiting: 1 });
    const leases = [call(), call(), call()];
    await expect(call()).rejects.toMatchObject({ code: 'QUEUE_FULL', retryAfterSeconds: 1 });
    await startEnds();
    await startEnds();
    await Promise.all(leases.slice(0, 2));
    await expect(call()).rejects.toMatchObject({ code: 'QUEUE_FULL' });
  });

  it('is served where nobody may wait, as long as a sandbox can be started for it', async () => {
    const { call, startEnds } = scriptedPool({ config: one, maxWaiting: 0 });
    const lease = call();
    await expect(call()).rejects.toMatchObject({ code: 'QUEUE_FULL' });
    await startEnds();
    expect(await lease).toMatchObject({ kind: 'sandbox' });
  });
});

describe('a start that fails', () => {
  it('is told to the call that has waited longest, and gives its room back once', async () => {
    const { call, startFails, startEnds, capacity } = scriptedPool();
    const [first, second] = [call(), call()];
    const told = expect(first).rejects.toBe(startFailed);
    await startFails(startFailed);
    await told;
    expect(capacity.taken).toBe(1);
    await startEnds();
    expect(await second).toMatchObject({ kind: 'sandbox' });
  });

  it('is not told to a call that has a sandbox already, and nothing is left of it', async () => {
    const { pool, call, coldCall, startFails, capacity } = scriptedPool();
    const sandbox = await coldCall();
    const lease = call();
    pool.release(sandbox);
    await lease;
    await startFails(startFailed);
    expect(capacity.taken).toBe(1);
  });

  it('is followed by another for the next call', async () => {
    const { call, startFails, coldCall, starts } = scriptedPool({ config: one });
    const told = expect(call()).rejects.toBe(startFailed);
    await startFails(startFailed);
    await told;
    await coldCall();
    expect(starts()).toBe(2);
  });
});

describe('a handler that cannot be loaded', () => {
  it('is told as a lease without a sandbox; the sandbox goes, and its room comes back once', async () => {
    const { call, startEnds, capacity } = scriptedPool({ removal: 'when told' });
    const lease = call();
    const sandbox = await startEnds('spent');
    expect(await lease).toMatchObject({
      kind: 'not_loaded',
      finished: { ending: { answer: { status: 'load_failed' } } },
    });
    expect(sandbox.departures).toBe(1);
    expect(capacity.taken).toBe(1);
    sandbox.isRemoved();
    await turn();
    expect(capacity.taken).toBe(0);
  });

  it('is told to one call; the next gets a start of its own', async () => {
    const { call, startEnds, starts } = scriptedPool({ config: one });
    const [first, second] = [call(), call()];
    await startEnds('spent');
    expect(await first).toMatchObject({ kind: 'not_loaded' });
    expect(starts()).toBe(2);
    await startEnds();
    expect(await second).toMatchObject({ kind: 'sandbox' });
  });
});

describe('a sandbox that comes back', () => {
  it('is destroyed unless it is ready, and its room comes back once', async () => {
    const { pool, coldCall, capacity } = scriptedPool();
    const sandbox = await coldCall();
    pool.release(sandbox.becomes('spent'));
    pool.release(sandbox);
    await turn();
    expect(sandbox.departures).toBe(1);
    expect(capacity.taken).toBe(0);
  });

  it('is never used a second time where every call is to have a fresh one', async () => {
    const { pool, call, coldCall, startEnds, capacity } = scriptedPool({ config: { isolation: 'fresh' } });
    const first = await coldCall();
    pool.release(first);
    await turn();
    expect([first.departures, capacity.taken]).toEqual([1, 0]);
    const lease = call();
    const second = await startEnds();
    expect(sandboxOf(await lease)).toBe(second);
    expect(second).not.toBe(first);
  });

  it('is not given to a call that waits where every call is to have a fresh one', async () => {
    const { pool, call, coldCall, starting, startEnds } = scriptedPool({ config: { ...one, isolation: 'fresh' } });
    const first = await coldCall();
    const lease = call();
    expect(starting()).toBe(0);
    pool.release(first);
    await turn();
    const second = await startEnds();
    expect(sandboxOf(await lease)).toBe(second);
  });

  it('takes up its place until it has been removed: there are never more than the version may have', async () => {
    const { pool, call, coldCall, starting, startEnds } = scriptedPool({ config: one, removal: 'when told' });
    const sandbox = await coldCall();
    const lease = call();
    pool.release(sandbox.becomes('spent'));
    await turn();
    expect(starting()).toBe(0);
    sandbox.isRemoved();
    await turn();
    expect(starting()).toBe(1);
    await startEnds();
    expect(await lease).toMatchObject({ kind: 'sandbox', coldStart: true });
  });
});

describe('a sandbox that dies while it is idle', () => {
  it('goes, and is not given to the next call', async () => {
    const { pool, call, coldCall, capacity, starting, startEnds } = scriptedPool();
    const sandbox = await coldCall();
    pool.release(sandbox);
    sandbox.dies();
    sandbox.dies();
    await turn();
    expect([sandbox.departures, capacity.taken]).toEqual([1, 0]);
    const lease = call();
    expect(starting()).toBe(1);
    const next = await startEnds();
    expect(sandboxOf(await lease)).toBe(next);
  });
});

describe('a sandbox that was paused while it was idle', () => {
  it('is woken for the next call', async () => {
    const { pool, call, coldCall, starts } = scriptedPool();
    const sandbox = await coldCall();
    pool.release(sandbox);
    sandbox.isPausedUntil(Promise.resolve(true));
    const lease = await call();
    expect(lease).toMatchObject({ kind: 'sandbox', sandbox, coldStart: false });
    expect(lease.queueMs).toBeGreaterThan(0);
    expect(sandbox.isPaused).toBe(false);
    expect(starts()).toBe(1);
  });

  it('goes when it cannot be woken, and the call gets the next', async () => {
    const { pool, call, coldCall, startEnds, capacity } = scriptedPool();
    const [awake, stuck] = [await coldCall(), await coldCall()];
    pool.release(awake);
    pool.release(stuck);
    stuck.isPausedUntil(Promise.resolve(false));
    expect(sandboxOf(await call())).toBe(awake);
    expect([stuck.departures, capacity.taken]).toEqual([1, 1]);
    pool.release(awake);
    awake.isPausedUntil(Promise.resolve(false));
    const lease = call();
    await turn();
    const next = await startEnds();
    expect(sandboxOf(await lease)).toBe(next);
    expect(capacity.taken).toBe(1);
  });

  it('stays for another call when the one that it was woken for has left', async () => {
    const { pool, call, coldCall, starts } = scriptedPool();
    const sandbox = await coldCall();
    pool.release(sandbox);
    let wake: (awake: boolean) => void = () => undefined;
    sandbox.isPausedUntil(
      new Promise((resolve) => {
        wake = resolve;
      }),
    );
    const caller = new AbortController();
    const gone = call(caller.signal);
    caller.abort(new Error('gone'));
    wake(true);
    await expect(gone).rejects.toThrow('gone');
    expect(sandboxOf(await call())).toBe(sandbox);
    expect(starts()).toBe(1);
  });
});

describe('the shared capacity', () => {
  it('makes a call wait until another version’s idle sandbox has made room for it', async () => {
    const capacity = new Capacity(1);
    const idle = scriptedPool({ capacity, removal: 'when told' });
    const busy = scriptedPool({ capacity });
    const sandbox = await idle.coldCall();
    idle.pool.release(sandbox);
    const lease = busy.call();
    expect([sandbox.departures, busy.starting()]).toEqual([1, 0]);
    sandbox.isRemoved();
    await turn();
    await busy.startEnds();
    expect(await lease).toMatchObject({ kind: 'sandbox' });
    expect(capacity.taken).toBe(1);
  });

  it('leaves a busy sandbox alone: the call waits until one is given back', async () => {
    const capacity = new Capacity(1);
    const [first, second] = [scriptedPool({ capacity }), scriptedPool({ capacity })];
    const sandbox = await first.coldCall();
    const lease = second.call();
    await turn();
    expect(sandbox.departures).toBe(0);
    first.pool.release(sandbox.becomes('spent'));
    await turn();
    await second.startEnds();
    expect(await lease).toMatchObject({ kind: 'sandbox' });
  });

  it('goes to a version that waits when a start of another fails', async () => {
    const capacity = new Capacity(1);
    const [first, second] = [scriptedPool({ capacity }), scriptedPool({ capacity })];
    const told = expect(first.call()).rejects.toBe(startFailed);
    const lease = second.call();
    await first.startFails(startFailed);
    await told;
    await second.startEnds();
    expect(await lease).toMatchObject({ kind: 'sandbox' });
    expect(capacity.taken).toBe(1);
  });

  it('is never more than taken, and all comes back in the end, whatever happens to the sandboxes', async () => {
    const capacity = new Capacity(6);
    const scripted = scriptedPool({ capacity });
    const { pool, call, startEnds, startFails, coldCall } = scripted;
    const [spent, lost, kept] = [await coldCall(), await coldCall(), await coldCall()];
    pool.release(spent.becomes('spent'));
    pool.release(lost);
    lost.dies();
    pool.release(kept);
    const notLoaded = call().then(() => call());
    await turn();
    await startEnds('spent');
    await notLoaded;
    const failed = expect(call()).rejects.toBe(startFailed);
    await startFails(startFailed);
    await failed;
    expect(capacity.taken).toBe(1);
    const last = expect(call()).rejects.toBe(draining);
    const destroyed = pool.destroy(draining);
    await last;
    await startEnds();
    await destroyed;
    expect(capacity.taken).toBe(0);
    expect(scripted.sandboxes.map((sandbox) => sandbox.departures)).toEqual(scripted.sandboxes.map(() => 1));
  });
});

describe('a pool that is retired', () => {
  it('lets its idle sandboxes go at once, and its busy ones when their calls have ended', async () => {
    const { pool, coldCall, onEmpty, capacity } = scriptedPool();
    const [idle, busy] = [await coldCall(), await coldCall()];
    pool.release(idle);
    pool.retire();
    await turn();
    expect([idle.departures, busy.departures]).toEqual([1, 0]);
    expect(onEmpty).not.toHaveBeenCalled();
    pool.release(busy);
    await turn();
    expect(busy.departures).toBe(1);
    expect(capacity.taken).toBe(0);
    expect(onEmpty).toHaveBeenCalledOnce();
  });

  it('still serves the calls that wait', async () => {
    const { pool, call, coldCall, startEnds, onEmpty } = scriptedPool({ config: one });
    const sandbox = await coldCall();
    const lease = call();
    pool.retire();
    pool.release(sandbox);
    await turn();
    const next = await startEnds();
    expect(sandboxOf(await lease)).toBe(next);
    expect(onEmpty).not.toHaveBeenCalled();
    pool.release(next);
    await turn();
    expect(onEmpty).toHaveBeenCalledOnce();
  });

  it('keeps nothing of a start that nobody waits for any more', async () => {
    const { pool, call, startEnds, onEmpty } = scriptedPool();
    const caller = new AbortController();
    const gone = call(caller.signal);
    caller.abort(new Error('gone'));
    await expect(gone).rejects.toThrow('gone');
    pool.retire();
    const sandbox = await startEnds();
    expect(sandbox.departures).toBe(1);
    expect(onEmpty).toHaveBeenCalledOnce();
  });

  it('keeps its sandboxes again when it is readmitted before the last has gone', async () => {
    const { pool, call, coldCall, onEmpty } = scriptedPool();
    const sandbox = await coldCall();
    pool.retire();
    pool.readmit();
    pool.release(sandbox);
    await turn();
    expect(sandbox.departures).toBe(0);
    expect(sandboxOf(await call())).toBe(sandbox);
    expect(onEmpty).not.toHaveBeenCalled();
  });

  it('is empty at once when it has nothing', () => {
    const { pool, onEmpty } = scriptedPool();
    expect(pool.isUnused).toBe(true);
    pool.retire();
    expect(onEmpty).toHaveBeenCalledOnce();
  });
});

describe('a pool that is destroyed', () => {
  it('fails the calls that wait, and resolves when all sandboxes have gone, those being started among them', async () => {
    const { pool, call, coldCall, startEnds, capacity } = scriptedPool({ removal: 'when told' });
    const busy = await coldCall();
    const idle = await coldCall();
    pool.release(idle);
    expect(sandboxOf(await call())).toBe(idle);
    let gone = false;
    const told = expect(call()).rejects.toBe(draining);
    const destroyed = pool.destroy(draining).then(() => {
      gone = true;
    });
    await told;
    expect([busy.departures, idle.departures]).toEqual([1, 1]);
    busy.isRemoved();
    idle.isRemoved();
    await turn();
    expect(gone).toBe(false);
    const late = await startEnds();
    expect(late.departures).toBe(1);
    expect(gone).toBe(false);
    late.isRemoved();
    await destroyed;
    expect(capacity.taken).toBe(0);
  });

  it('takes a busy sandbox back without sending it away twice', async () => {
    const { pool, coldCall, capacity } = scriptedPool();
    const busy = await coldCall();
    await pool.destroy(draining);
    pool.release(busy);
    await turn();
    expect([busy.departures, capacity.taken]).toEqual([1, 0]);
  });
});

describe('a pool whose callers leave', () => {
  it('keeps its warm sandbox when a call comes that has left already', async () => {
    const { pool, call, coldCall, sandboxes } = scriptedPool();
    pool.release(await coldCall());
    await expect(call(AbortSignal.abort(new Error('gone')))).rejects.toThrow('gone');
    expect(sandboxes.map((sandbox) => sandbox.departures)).toEqual([0]);
    expect(await call()).toMatchObject({ kind: 'sandbox', coldStart: false });
  });

  it('is empty when it has been retired and the last waiting call has left', async () => {
    const { pool, call, onEmpty } = scriptedPool({ capacity: new Capacity(0), config: { concurrency: { max: 1 } } });
    const caller = new AbortController();
    const gone = call(caller.signal);
    pool.retire();
    caller.abort(new Error('gone'));
    await expect(gone).rejects.toThrow('gone');
    expect(onEmpty).toHaveBeenCalledOnce();
  });
});
