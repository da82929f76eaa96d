import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { SraasError } from '../../../src/errors.ts';
import type { HistoryEntry } from '../../../src/history/history-store.ts';
import { HistoryWriter } from '../../../src/history/history-writer.ts';
import { entryWith } from './entries.ts';
import { gate } from './gate.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const unavailable = new SraasError('STORE_UNAVAILABLE', 'The database cannot be used just now.');

function writerOn(append: (entries: readonly HistoryEntry[]) => Promise<void>) {
  const batches: string[][] = [];
  const onFailure = vi.fn();
  const onDropped = vi.fn();
  const store = {
    append: async (entries: readonly HistoryEntry[]) => {
      await append(entries);
      batches.push(entries.map(({ record }) => record.id));
    },
  };
  return { writer: new HistoryWriter({ store, onFailure, onDropped }), batches, onFailure, onDropped };
}

function some(count: number, bytes = 0): { readonly entries: HistoryEntry[]; readonly ids: string[] } {
  const payload = bytes === 0 ? {} : { envelope: Buffer.alloc(bytes) };
  const entries = Array.from({ length: count }, () => entryWith({}, payload));
  return { entries, ids: entries.map(({ record }) => record.id) };
}

describe('the history writer', () => {
  it('has records made behind the replies, and at once for who asks', async () => {
    const { writer } = writerOn(() => Promise.resolve());
    const entry = entryWith();
    const make = vi.fn(() => entry);
    writer.add(make);
    expect([make.mock.calls.length, writer.waitingCount]).toEqual([0, 1]);
    expect(writer.find(entry.record.id)).toBe(entry);
    writer.add(make);
    await vi.advanceTimersByTimeAsync(0);
    expect(make).toHaveBeenCalledTimes(2);
  });

  it('leaves out a record that cannot be made, and says so', async () => {
    const { writer, batches, onFailure } = writerOn(() => Promise.resolve());
    const error = new TypeError('no such thing');
    writer.add(() => {
      throw error;
    });
    const { entries, ids } = some(1);
    for (const entry of entries) writer.add(() => entry);
    await writer.flush();
    expect(batches).toEqual([ids]);
    expect(onFailure).toHaveBeenCalledExactlyOnceWith('An invocation is missing in the history', error);
  });

  it('writes what came within a moment together, after that moment', async () => {
    const { writer, batches } = writerOn(() => Promise.resolve());
    const { entries, ids } = some(3);
    for (const entry of entries) writer.add(() => entry);
    await vi.advanceTimersByTimeAsync(200);
    expect(batches).toEqual([]);
    await vi.advanceTimersByTimeAsync(100);
    expect(batches).toEqual([ids]);
  });

  it('waits no longer when many have come, and writes so many at a time', async () => {
    const { writer, batches } = writerOn(() => Promise.resolve());
    const { entries, ids } = some(2400);
    for (const entry of entries) writer.add(() => entry);
    await vi.advanceTimersByTimeAsync(1);
    expect(batches.map((batch) => batch.length)).toEqual([1000, 1000, 400]);
    expect(batches.flat()).toEqual(ids);
  });

  it('counts their bytes as well', async () => {
    const { writer, batches } = writerOn(() => Promise.resolve());
    for (const entry of some(9, 1_000_000).entries) writer.add(() => entry);
    await vi.advanceTimersByTimeAsync(1);
    expect(batches.map((batch) => batch.length)).toEqual([4, 4, 1]);
  });

  it('knows what waits and what is being written, and no longer what is stored', async () => {
    const stored = gate();
    const { writer } = writerOn(() => stored.opened);
    const entry = entryWith();
    writer.add(() => entry);
    expect(writer.find(entry.record.id)).toBe(entry);
    const flushed = writer.flush();
    expect(writer.find(entry.record.id)).toBe(entry);
    stored.open();
    await flushed;
    expect(writer.find(entry.record.id)).toBeUndefined();
  });

  it('flushes also what comes while it writes', async () => {
    const first = gate();
    let calls = 0;
    const { writer, batches } = writerOn(() => (calls++ === 0 ? first.opened : Promise.resolve()));
    const { entries, ids } = some(2);
    writer.add(() => entries[0] ?? entryWith());
    await vi.advanceTimersByTimeAsync(250);
    writer.add(() => entries[1] ?? entryWith());
    const flushed = writer.flush();
    first.open();
    await flushed;
    expect(batches).toEqual([[ids[0]], [ids[1]]]);
  });

  it('tries again when the store fails, in the old order, and says so once', async () => {
    let works = false;
    const { writer, batches, onFailure } = writerOn(() => (works ? Promise.resolve() : Promise.reject(unavailable)));
    const { entries, ids } = some(3);
    writer.add(() => entries[0] ?? entryWith());
    writer.add(() => entries[1] ?? entryWith());
    await vi.advanceTimersByTimeAsync(5000);
    writer.add(() => entries[2] ?? entryWith());
    expect(onFailure).toHaveBeenCalledOnce();
    works = true;
    await vi.advanceTimersByTimeAsync(2000);
    expect(batches).toEqual([ids]);
  });

  it('leaves out the oldest when more comes than can be kept, and tells how many', async () => {
    let works = false;
    const { writer, batches, onDropped } = writerOn(() => (works ? Promise.resolve() : Promise.reject(unavailable)));
    const { entries, ids } = some(20_010);
    for (const entry of entries) writer.add(() => entry);
    expect(writer.find(ids[9] ?? '')).toBeUndefined();
    expect(writer.find(ids[10] ?? '')).toBeDefined();
    await vi.advanceTimersByTimeAsync(1);
    expect(onDropped).toHaveBeenCalledExactlyOnceWith(10);
    works = true;
    await vi.advanceTimersByTimeAsync(2000);
    expect(batches.flat()).toEqual(ids.slice(10));
  });

  it('gives up on what cannot be written because of a mistake, and goes on with the rest', async () => {
    const { entries, ids } = some(1001);
    const { writer, batches, onDropped, onFailure } = writerOn((batch) =>
      batch.length === 1000 ? Promise.reject(new TypeError('no such column')) : Promise.resolve(),
    );
    for (const entry of entries) writer.add(() => entry);
    await vi.advanceTimersByTimeAsync(1);
    expect(batches).toEqual([[ids[1000]]]);
    expect(onDropped).toHaveBeenCalledExactlyOnceWith(1000);
    expect(onFailure).toHaveBeenCalledOnce();
  });

  it('writes all that waits when it is closed, and counts what it could not', async () => {
    const { writer, batches } = writerOn(() => Promise.resolve());
    const { entries, ids } = some(2);
    for (const entry of entries) writer.add(() => entry);
    await writer.close();
    expect(batches).toEqual([ids]);

    const failing = writerOn(() => Promise.reject(unavailable));
    failing.writer.add(() => entryWith());
    await failing.writer.close();
    expect(failing.onDropped).toHaveBeenCalledExactlyOnceWith(1);
    expect(vi.getTimerCount()).toBe(0);
  });
});
