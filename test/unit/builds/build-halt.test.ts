import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { BuildHalt } from '../../../src/builds/build-halt.ts';
import { BuildStop } from '../../../src/builds/build-stop.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

function halt(removeContainers: () => Promise<void>) {
  const cancel = new AbortController();
  const stop = new BuildStop(cancel.signal, 60_000);
  return { cancel, stop, halt: new BuildHalt({ stop, removeContainers }) };
}

describe('a build that is to stop', () => {
  it('has its containers taken away until the engine says that it has ended, and is not hung up on', async () => {
    let removals = 0;
    const { stop, halt: halting } = halt(() => Promise.resolve(void (removals += 1)));
    await vi.advanceTimersByTimeAsync(5000);
    expect(removals).toBe(0);
    stop.now('enough');
    await vi.advanceTimersByTimeAsync(950);
    expect(removals).toBe(10);
    const ended = halting.end();
    await vi.advanceTimersByTimeAsync(20_000);
    await ended;
    expect([removals, halting.signal.aborted]).toEqual([10, false]);
  });

  it.each([
    ['does not end', () => Promise.resolve()],
    ['cannot be spoken to', () => Promise.reject(new Error('away'))],
  ])('is hung up on when the engine %s', async (_what, removeContainers) => {
    const { stop, halt: halting } = halt(removeContainers);
    stop.now('enough');
    await vi.advanceTimersByTimeAsync(9900);
    expect(halting.signal.aborted).toBe(false);
    await vi.advanceTimersByTimeAsync(200);
    expect(halting.signal.reason).toBe('enough');
    const ended = halting.end();
    await vi.advanceTimersByTimeAsync(100);
    await ended;
  });

  it('keeps the first reason, and knows whether that was a cancel', () => {
    const first = halt(() => Promise.resolve());
    first.stop.now('too much');
    first.cancel.abort('cancelled');
    expect([first.stop.reason, first.stop.isCancel]).toEqual(['too much', false]);
    const second = halt(() => Promise.resolve());
    second.cancel.abort('cancelled');
    second.stop.now('too much');
    expect([second.stop.reason, second.stop.isCancel]).toEqual(['cancelled', true]);
  });

  it('is told when its time is over, unless it has ended before', async () => {
    const { stop } = halt(() => Promise.resolve());
    const other = halt(() => Promise.resolve());
    other.stop.release();
    await vi.advanceTimersByTimeAsync(60_000);
    expect([stop.reason, other.stop.reason]).toEqual(['The build took longer than 60 s.', undefined]);
  });
});
