import { describe, expect, it } from 'vitest';
import type { HistoryEntry, HistoryStore } from '../../../src/history/history-store.ts';
import { History } from '../../../src/history/history.ts';
import type { RunningInvocation } from '../../../src/invocations/in-flight.ts';

const id = '01a205c2-58b2-7318-9350-1347ade11cb1';

/** A history whose other processes run something, and hand over records when they are asked to. */
function historyBeside({ running = false, handsOver = false }) {
  const stored = new Map<string, HistoryEntry['record']>();
  const asked: string[] = [];
  const store = {
    find: (wanted: string) => Promise.resolve(stored.get(wanted)),
    findPayload: () => Promise.resolve(undefined),
    list: () => Promise.resolve([...stored.values()]),
  } as unknown as HistoryStore;
  const history = new History({
    store,
    writer: { find: () => undefined, flush: () => Promise.resolve() },
    inFlight: { find: () => undefined },
    elsewhere: {
      running: () => {
        asked.push('running');
        return Promise.resolve(running ? [{ id, startedAt: new Date(0) } as RunningInvocation] : []);
      },
      flushHistory: () => {
        asked.push('flush');
        if (handsOver) stored.set(id, { id, state: 'succeeded' } as HistoryEntry['record']);
        return Promise.resolve();
      },
    },
  });
  return { history, asked };
}

describe('the history of a server with other processes', () => {
  it('knows what runs in them', async () => {
    const { history } = historyBeside({ running: true });
    expect((await history.find(id)).record.state).toBe('running');
  });

  it('knows what has just ended in them, also while it was looked for', async () => {
    const { history, asked } = historyBeside({ running: true, handsOver: true });
    expect((await history.find(id)).record.state).toBe('succeeded');
    // The other way round, one that ends in between would be in neither.
    expect(asked).toStrictEqual(['running', 'flush']);
    const listed = historyBeside({ handsOver: true });
    const page = await listed.history.list({ functionId: 'f' as never, limit: 10 });
    expect(page.items.map((record) => record.id)).toStrictEqual([id]);
  });

  it('says that nobody knows an invocation when none of them does', async () => {
    const { history } = historyBeside({});
    await expect(history.find(id)).rejects.toMatchObject({ code: 'INVOCATION_NOT_FOUND' });
  });
});
