import { describe, expect, it } from 'vitest';
import type { FunctionId } from '../../../src/functions/function.ts';
import type { HistoryStore } from '../../../src/history/history-store.ts';
import { entryWith } from '../history/entries.ts';
import { temporaryStore } from './temporary-store.ts';

const functionId = 'f-1' as FunctionId;

const failed = { state: 'failed', outcome: 'timeout' } as const;

async function idsOf(
  history: HistoryStore,
  request: Partial<Parameters<HistoryStore['list']>[0]> = {},
): Promise<string[]> {
  return (await history.list({ functionId, limit: 1000, ...request })).map(({ id }) => id);
}

describe('an invocation in the store', () => {
  it('comes back as it was, each byte of it', async () => {
    const { history } = await temporaryStore();
    const entry = entryWith(
      {
        ...failed,
        error: 'Error: \ud800 \0 "',
        errorCode: 'QUEUE_FULL',
        cpuMs: 1.25,
        maxMemoryBytes: 2 ** 40,
        exitCode: 137,
        coldStart: true,
        logsTruncated: true,
        replayOf: 'another',
        schedule: 'nightly',
      },
      { envelope: Buffer.from([0, 255, 1]), result: Buffer.from('"\\ud800"'), logs: Buffer.from('a\0b') },
    );
    await history.append([entry]);
    expect(await history.find(entry.record.id)).toEqual(entry.record);
    const { envelope, result, logs } = (await history.findPayload(entry.record.id)) ?? {};
    expect([envelope, result, logs].map((bytes) => Buffer.from(bytes ?? []).toString('latin1'))).toEqual([
      '\0\u00ff\u0001',
      '"\\ud800"',
      'a\0b',
    ]);
  });

  it('has no bytes where none are kept, and is not there before', async () => {
    const { history } = await temporaryStore();
    const entry = entryWith({ endedAt: new Date(0), startedAt: undefined, durationMs: undefined });
    expect(await history.find(entry.record.id)).toBeUndefined();
    await history.append([entry]);
    expect(await history.find(entry.record.id)).toEqual(entry.record);
    expect(await history.findPayload(entry.record.id)).toBeUndefined();
  });

  it('is left as it is when it comes again, beside many others', async () => {
    const { history } = await temporaryStore();
    const entries = Array.from({ length: 130 }, () => entryWith({}, { logs: Buffer.from('x') }));
    const [first] = entries;
    await history.append(entries.slice(0, 60));
    await history.append(entries.map(({ record }) => entryWith({ ...record, outcome: 'exited' })));
    expect(await idsOf(history)).toEqual(entries.map(({ record }) => record.id).reverse());
    expect(await history.find(first?.record.id ?? '')).toMatchObject({ outcome: 'ok' });
  });
});

describe('the list of a function', () => {
  it('begins with the newest, and goes on before any of them', async () => {
    const { history } = await temporaryStore();
    const entries = Array.from({ length: 5 }, () => entryWith());
    await history.append([...entries, entryWith({ functionId: 'another' as FunctionId })]);
    const ids = entries.map(({ record }) => record.id).reverse();
    expect(await idsOf(history)).toEqual(ids);
    expect(await idsOf(history, { limit: 2 })).toEqual(ids.slice(0, 2));
    expect(await idsOf(history, { limit: 2, before: ids[1] ?? '' })).toEqual(ids.slice(2, 4));
    expect(await idsOf(history, { before: ids[4] ?? '' })).toEqual([]);
  });

  it.each([
    [{ outcome: 'timeout' }, [1, 4]],
    [{ state: 'failed' }, [1, 2]],
    [{ state: 'succeeded' }, [0, 3]],
    [{ state: 'dead' }, [4]],
    [{ mode: 'async' }, [3, 4]],
    [{ version: 2 }, [2, 3]],
    [{ state: 'succeeded', version: 2 }, [3]],
    [{ outcome: 'timeout', state: 'dead', mode: 'async', version: 1 }, [4]],
    [{ outcome: 'ok', state: 'failed' }, []],
  ] as const)('has only what %j lets through', async (filter, expected) => {
    const { history } = await temporaryStore();
    const entries = [
      entryWith(),
      entryWith(failed),
      entryWith({ state: 'failed', outcome: undefined, errorCode: 'QUEUE_FULL', functionVersion: 2 }),
      entryWith({ mode: 'async', functionVersion: 2 }),
      entryWith({ mode: 'async', state: 'dead', outcome: 'timeout' }),
    ];
    await history.append(entries);
    const found = await idsOf(history, filter);
    expect(found.map((id) => entries.findIndex(({ record }) => record.id === id)).reverse()).toEqual(expected);
  });

  it('finds a rare one behind thousands of others', async () => {
    const { history } = await temporaryStore();
    const rare = [entryWith({ mode: 'async' }), entryWith({ mode: 'async' })];
    const others = Array.from({ length: 4100 }, () => entryWith());
    await history.append([rare[0] ?? entryWith(), ...others, rare[1] ?? entryWith()]);
    expect(await idsOf(history, { mode: 'async' })).toEqual(rare.map(({ record }) => record.id).reverse());
    expect(await idsOf(history, { mode: 'async', limit: 1 })).toEqual([rare[1]?.record.id]);
    expect(await idsOf(history, { mode: 'scheduled' })).toEqual([]);
  });
});

describe('the boundary of the newest so many', () => {
  it('is the first one beyond them', async () => {
    const { history } = await temporaryStore();
    const entries = Array.from({ length: 30 }, () => entryWith());
    await history.append(entries);
    const newestFirst = entries.map(({ record }) => record.id).reverse();
    expect(await history.findBoundary(0)).toBe(newestFirst[0]);
    expect(await history.findBoundary(29)).toBe(newestFirst[29]);
    expect(await history.findBoundary(30)).toBeUndefined();
  });

  it('is found in steps', async () => {
    const { history } = await temporaryStore();
    const entries = Array.from({ length: 10_050 }, () => entryWith());
    await history.append(entries);
    expect(await history.findBoundary(10_020)).toBe(entries[29]?.record.id);
  });
});

describe('dead letters', () => {
  it('are counted, and nothing else is', async () => {
    const { history, deadLetters } = await temporaryStore();
    expect(await deadLetters.countDead()).toBe(0);
    await history.append([
      entryWith({ state: 'dead' }),
      entryWith(failed),
      entryWith({ state: 'dead' }),
      entryWith({}),
    ]);
    expect(await deadLetters.countDead()).toBe(2);
  });
});

describe('pruning', () => {
  const highest = 'ffffffff-ffff-7fff-bfff-ffffffffffff';

  it('removes what is terminal with its bytes, and nothing that is not', async () => {
    const { history } = await temporaryStore();
    const bytes = { logs: Buffer.from('x') };
    const terminal = [entryWith({}, bytes), entryWith(failed, bytes), entryWith({ state: 'cancelled' }, bytes)];
    const others = [
      entryWith({ state: 'queued' }),
      entryWith({ state: 'running' }),
      entryWith({ state: 'dead' }, bytes),
    ];
    await history.append([...terminal, ...others]);
    expect(await history.prune({ upTo: highest, deadLetters: false, most: 100 })).toEqual({
      removed: 3,
      next: undefined,
    });
    expect(await idsOf(history)).toEqual(others.map(({ record }) => record.id).reverse());
    for (const { record } of terminal) expect(await history.findPayload(record.id)).toBeUndefined();
    expect(await history.findPayload(others[2]?.record.id ?? '')).toBeDefined();
    expect((await history.prune({ upTo: highest, deadLetters: true, most: 100 })).removed).toBe(1);
  });

  it('looks at so many at a time, and says where to go on', async () => {
    const { history } = await temporaryStore();
    const entries = Array.from({ length: 10 }, (_, index) => entryWith({ state: index < 4 ? 'queued' : 'succeeded' }));
    await history.append(entries);
    const ids = entries.map(({ record }) => record.id);
    const stretch = { upTo: ids[8] ?? '', deadLetters: false, most: 4 };
    expect(await history.prune(stretch)).toEqual({ removed: 0, next: ids[3] });
    expect(await history.prune({ ...stretch, after: ids[3] ?? '' })).toEqual({ removed: 4, next: ids[7] });
    expect(await history.prune({ ...stretch, after: ids[7] ?? '' })).toEqual({ removed: 1, next: undefined });
    expect(await idsOf(history)).toEqual([ids[9], ...ids.slice(0, 4).reverse()]);
  });

  it('keeps what ended later than is asked for', async () => {
    const { history } = await temporaryStore();
    const at = (second: number): Date => new Date(Date.UTC(2026, 0, 1, 0, 0, second));
    const entries = [1, 2, 3].map((second) => entryWith({ endedAt: at(second) }));
    await history.append(entries);
    await history.prune({ upTo: highest, endedBefore: at(2), deadLetters: true, most: 100 });
    expect(await idsOf(history)).toEqual([entries[2]?.record.id, entries[1]?.record.id]);
  });
});
