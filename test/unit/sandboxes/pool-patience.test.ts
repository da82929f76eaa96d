import { setImmediate as letOthers } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { wakePatienceMs } from '../../../src/sandboxes/patience.ts';
import { sandboxOf, scriptedPool, type ScriptedPool } from './scripted-pool.ts';
import type { ScriptedSandbox } from './scripted-sandbox.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** A pool with two idle sandboxes, whose calls keep them at work for so long. */
async function twoIdle(busyMs: number | undefined, config = {}): Promise<ScriptedPool> {
  const scripted = scriptedPool({ config });
  const both = [await scripted.coldCall(), await scripted.coldCall()];
  for (const sandbox of both) {
    sandbox.lastBusyMs = busyMs;
    scripted.pool.release(sandbox);
  }
  return scripted;
}

/** Lets time pass, and what is due be done, look by look. */
async function later(ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += wakePatienceMs) {
    await vi.advanceTimersByTimeAsync(wakePatienceMs);
    await letOthers();
    await letOthers();
  }
}

async function leased({ call }: ScriptedPool): Promise<ScriptedSandbox> {
  return sandboxOf(await call()) as ScriptedSandbox;
}

describe('very short calls', () => {
  it('wait for the sandbox that is at work rather than wake another one', async () => {
    const scripted = await twoIdle(0.1);
    const atWork = await leased(scripted);
    const next = scripted.call();
    scripted.pool.release(atWork);
    expect(sandboxOf(await next)).toBe(atWork);
  });

  it('take the idle one when that at work does not come back soon', async () => {
    const scripted = await twoIdle(0.1);
    const atWork = await leased(scripted);
    const next = scripted.call();
    await later(2 * wakePatienceMs);
    expect(sandboxOf(await next)).not.toBe(atWork);
  });

  it('wake an idle one that is paused, and take the next one when it turns out to be lost', async () => {
    const scripted = await twoIdle(0.1);
    const [first, second] = scripted.sandboxes;
    const atWork = await leased(scripted);
    const idle = atWork === first ? second : first;
    idle?.isPausedUntil(Promise.resolve(false));
    const next = scripted.call();
    await later(2 * wakePatienceMs);
    expect(idle?.departures).toBe(1);
    scripted.pool.release(atWork);
    expect(sandboxOf(await next)).toBe(atWork);
  });

  it('wake one for each that waits, and start none meanwhile', async () => {
    const scripted = scriptedPool();
    const all = [await scripted.coldCall(), await scripted.coldCall(), await scripted.coldCall()];
    for (const sandbox of all) {
      sandbox.lastBusyMs = 0.1;
      scripted.pool.release(sandbox);
    }
    const atWork = await leased(scripted);
    const woken = vi.fn(() => new Promise<boolean>(() => undefined));
    for (const sandbox of all) {
      if (sandbox !== atWork) vi.spyOn(sandbox.isPausedUntil(Promise.resolve(true)), 'wake').mockImplementation(woken);
    }
    void scripted.call();
    await later(50);
    expect([woken.mock.calls.length, scripted.starts()]).toEqual([1, 3]);
  });

  it('wake another one at once when so many wait that their turn would come late', async () => {
    const scripted = await twoIdle(0.5);
    const atWork = await leased(scripted);
    for (let waiting = 0; waiting < 3; waiting++) void scripted.call();
    expect(sandboxOf(await scripted.call())).not.toBe(atWork);
  });

  it('do not have another one started while those that are there will do soon', async () => {
    const scripted = scriptedPool();
    const only = await scripted.coldCall();
    only.lastBusyMs = 0.1;
    scripted.pool.release(only);
    await leased(scripted);
    const waiting = scripted.call();
    expect(scripted.starts()).toBe(1);
    await later(8);
    expect(scripted.starts()).toBe(1);
    await later(6);
    expect(scripted.starts()).toBe(2);
    const further = await scripted.startEnds();
    expect(sandboxOf(await waiting)).toBe(further);
  });

  it('that have left are waited for by nobody', async () => {
    const scripted = await twoIdle(0.1);
    const atWork = await leased(scripted);
    const caller = new AbortController();
    const gone = scripted.call(caller.signal);
    caller.abort(new Error('gone'));
    await expect(gone).rejects.toThrow('gone');
    await later(20);
    scripted.pool.release(atWork);
    expect(await leased(scripted)).toBe(atWork);
    expect(vi.getTimerCount()).toBeLessThanOrEqual(1);
  });

  it('are refused nothing that idle sandboxes could serve', async () => {
    const scripted = scriptedPool({ maxWaiting: 0 });
    const both = [await scripted.coldCall(), await scripted.coldCall()];
    for (const sandbox of both) {
      sandbox.lastBusyMs = 0.1;
      scripted.pool.release(sandbox);
    }
    const first = await leased(scripted);
    expect(await leased(scripted)).not.toBe(first);
  });
});

describe('other calls', () => {
  it.each([
    ['that take their time', 5],
    ['of which nothing is known yet', undefined],
  ])('%s take an idle sandbox at once', async (_which, busyMs) => {
    const scripted = await twoIdle(busyMs);
    const first = await leased(scripted);
    expect(await leased(scripted)).not.toBe(first);
  });

  it('that take their time have another one started at once', async () => {
    const scripted = scriptedPool();
    const only = await scripted.coldCall();
    only.lastBusyMs = 50;
    scripted.pool.release(only);
    await leased(scripted);
    void scripted.call();
    expect(scripted.starts()).toBe(2);
  });
});
