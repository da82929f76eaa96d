import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { repeat } from '../../src/repeat.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('repeated work', () => {
  it('begins again only when it has ended, and the end waits for what is under way', async () => {
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    let begun = 0;
    const end = repeat({
      work: () => {
        begun += 1;
        return held;
      },
      everyMs: 10,
      onFailure: (error) => {
        throw error;
      },
    });
    expect(begun).toBe(0);
    await vi.advanceTimersByTimeAsync(35);
    expect(begun).toBe(1);
    let ended = false;
    const ending = end().then(() => {
      ended = true;
    });
    await vi.advanceTimersByTimeAsync(100);
    expect(ended).toBe(false);
    release();
    await ending;
    await vi.advanceTimersByTimeAsync(100);
    expect(begun).toBe(1);
  });

  it('goes on after a failure, which is told', async () => {
    const told: unknown[] = [];
    const end = repeat({
      work: () => Promise.reject(new Error('no')),
      everyMs: 10,
      onFailure: (error) => told.push(error),
    });
    await vi.advanceTimersByTimeAsync(25);
    await end();
    expect(told).toStrictEqual([new Error('no'), new Error('no')]);
  });

  it('is told when there is to be no more of it', async () => {
    let signal: AbortSignal | undefined;
    const end = repeat({
      work: async (ending) => {
        signal = ending;
        await new Promise<void>((resolve) => {
          ending.onabort = () => {
            resolve();
          };
        });
      },
      everyMs: 10,
      onFailure: (error) => {
        throw error;
      },
    });
    await vi.advanceTimersByTimeAsync(10);
    expect(signal?.aborted).toBe(false);
    await end();
    expect(signal?.aborted).toBe(true);
  });
});
