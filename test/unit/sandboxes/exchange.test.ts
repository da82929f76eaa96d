import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Ending } from '../../../src/sandboxes/ending.ts';
import { Exchange } from '../../../src/sandboxes/exchange.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const answered: Ending = { cause: 'answered', answer: { status: 'ready', loadMs: 1 } };
const died: Ending = { cause: 'died', phase: 'call', exit: undefined };
const violation: Ending = { cause: 'violation', reason: 'it lied' };

describe('an exchange with a shim', () => {
  it.each([
    [answered, died],
    [died, violation],
    [violation, answered],
  ])('ends as %j although more happens later', async (first, second) => {
    const exchange = new Exchange({ phase: 'call', limitMs: 100 });
    exchange.settle(first);
    exchange.settle(second);
    await vi.advanceTimersByTimeAsync(200);
    expect(await exchange.ended).toBe(first);
  });

  it.each(['load', 'call'] as const)('ends at its deadline, not before, in the phase %s', async (phase) => {
    const exchange = new Exchange({ phase, limitMs: 100 });
    const ended = vi.fn();
    void exchange.ended.then(ended);
    await vi.advanceTimersByTimeAsync(99);
    expect(ended).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    exchange.settle(answered);
    expect(await exchange.ended).toEqual({ cause: 'deadline', phase, limitMs: 100 });
  });

  it('ends when its caller leaves', async () => {
    const caller = new AbortController();
    const exchange = new Exchange({ phase: 'call', limitMs: 100, signal: caller.signal });
    caller.abort();
    expect(await exchange.ended).toEqual({ cause: 'cancelled' });
  });

  it('ends at once when its caller had left before', async () => {
    const exchange = new Exchange({ phase: 'call', limitMs: 100, signal: AbortSignal.abort() });
    exchange.settle(answered);
    expect(await exchange.ended).toEqual({ cause: 'cancelled' });
  });

  it('ends as it was answered although its caller leaves later', async () => {
    const caller = new AbortController();
    const exchange = new Exchange({ phase: 'call', limitMs: 100, signal: caller.signal });
    exchange.settle(answered);
    caller.abort();
    expect(await exchange.ended).toBe(answered);
  });

  it('leaves neither a timer nor a listener behind, however it ended', () => {
    const caller = new AbortController();
    const removed = vi.spyOn(caller.signal, 'removeEventListener');
    new Exchange({ phase: 'call', limitMs: 100, signal: caller.signal }).settle(answered);
    expect(vi.getTimerCount()).toBe(0);
    expect(removed).toHaveBeenCalledOnce();
    new Exchange({ phase: 'call', limitMs: 100, signal: AbortSignal.abort() });
    expect(vi.getTimerCount()).toBe(0);
  });

  it('knows what it is about', () => {
    const exchange = new Exchange({ phase: 'call', invocationId: 'i-1', limitMs: 100 });
    exchange.settle(died);
    expect(exchange).toMatchObject({ phase: 'call', invocationId: 'i-1' });
  });
});
