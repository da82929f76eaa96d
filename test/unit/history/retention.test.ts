import { describe, expect, it } from 'vitest';
import type { FunctionId } from '../../../src/functions/function.ts';
import { Retention } from '../../../src/history/retention.ts';
import { temporaryStore } from '../store/temporary-store.ts';
import { entryWith } from './entries.ts';
import { gate } from './gate.ts';

const now = new Date('2026-06-01T00:00:00.000Z');
const hourMs = 3_600_000;
const hoursAgo = (hours: number): Date => new Date(now.getTime() - hours * hourMs);

async function retentionWith(options: { readonly maxAgeMs?: number; readonly maxRows?: number }) {
  const { history } = await temporaryStore();
  const retention = new Retention({
    store: history,
    maxAgeMs: 24 * hourMs,
    maxRows: 1_000_000,
    clock: () => now,
    onFailure: (_message, error) => {
      throw error;
    },
    pauseMs: 0,
    ...options,
  });
  const left = async (): Promise<readonly number[]> => {
    const records = await history.list({ functionId: 'f-1' as FunctionId, limit: 10_000 });
    return records.map(({ endedAt }) => (now.getTime() - (endedAt?.getTime() ?? 0)) / hourMs).reverse();
  };
  return { history, retention, left };
}

describe('retention', () => {
  it('removes what is too old, dead letters among it, and leaves what has not ended', async () => {
    const { history, retention, left } = await retentionWith({});
    await history.append([
      entryWith({ endedAt: hoursAgo(50), state: 'queued' }),
      entryWith({ endedAt: hoursAgo(40), state: 'dead', outcome: 'timeout' }),
      entryWith({ endedAt: hoursAgo(25) }),
      entryWith({ endedAt: hoursAgo(23) }),
      entryWith({ endedAt: hoursAgo(1), state: 'dead', outcome: 'timeout' }),
    ]);
    expect(await retention.sweep()).toEqual({ removed: 2 });
    expect(await left()).toEqual([50, 23, 1]);
    expect(await retention.sweep()).toEqual({ removed: 0 });
  });

  it('keeps an old one that has ended only now', async () => {
    const { history, retention, left } = await retentionWith({});
    const { record } = entryWith({ endedAt: hoursAgo(48) });
    await history.append([entryWith({ ...record, endedAt: hoursAgo(1), mode: 'async' })]);
    expect(await retention.sweep()).toEqual({ removed: 0 });
    expect(await left()).toEqual([1]);
  });

  it('keeps the newest so many, and dead letters beside them', async () => {
    const { history, retention, left } = await retentionWith({ maxRows: 2 });
    await history.append([
      entryWith({ endedAt: hoursAgo(5), state: 'dead', outcome: 'timeout' }),
      entryWith({ endedAt: hoursAgo(4) }),
      entryWith({ endedAt: hoursAgo(3), state: 'queued' }),
      entryWith({ endedAt: hoursAgo(2) }),
      entryWith({ endedAt: hoursAgo(1) }),
    ]);
    expect(await retention.sweep()).toEqual({ removed: 1 });
    expect(await left()).toEqual([5, 3, 2, 1]);
  });

  it('goes through many in batches', async () => {
    const { history, retention, left } = await retentionWith({ maxRows: 10 });
    await history.append(Array.from({ length: 1711 }, () => entryWith({ endedAt: hoursAgo(1) })));
    expect(await retention.sweep()).toEqual({ removed: 1701 });
    expect(await left()).toHaveLength(10);
  });

  it('sweeps from time to time until it is closed', async () => {
    const { history, left } = await retentionWith({});
    await history.append([entryWith({ endedAt: hoursAgo(25) })]);
    const swept = gate();
    const watched = {
      findBoundary: async (count: number) => {
        swept.open();
        return history.findBoundary(count);
      },
      prune: history.prune.bind(history),
    };
    const onFailure = (): void => undefined;
    const parts = { maxAgeMs: hourMs, maxRows: 10, clock: () => now, onFailure, sweepEveryMs: 1 };
    const retention = new Retention({ store: watched, ...parts });
    const end = retention.start();
    await swept.opened;
    await end();
    expect(await left()).toEqual([]);
  });

  it('ends with the batch that is under way, whatever else is too many', async () => {
    const { history } = await retentionWith({});
    await history.append(Array.from({ length: 1100 }, () => entryWith({ endedAt: hoursAgo(25) })));
    const ending = new AbortController();
    let batches = 0;
    const watched: Pick<typeof history, 'findBoundary' | 'prune'> = {
      findBoundary: history.findBoundary.bind(history),
      prune: async (request) => {
        batches += 1;
        ending.abort();
        return await history.prune(request);
      },
    };
    const parts = { maxAgeMs: hourMs, maxRows: 10, clock: () => now, onFailure: () => undefined };
    const { removed } = await new Retention({ store: watched, ...parts }).sweep(ending.signal);
    expect([batches, removed]).toEqual([1, 500]);
  });
});
