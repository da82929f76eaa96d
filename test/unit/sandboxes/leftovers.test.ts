import { describe, expect, it } from 'vitest';
import { EngineError } from '../../../src/engine/engine-error.ts';
import type { ContainerId, Engine } from '../../../src/engine/engine.ts';
import { SandboxHoldings } from '../../../src/sandboxes/launched-container.ts';
import { Leftovers } from '../../../src/sandboxes/leftovers.ts';

it('gives a user id back once, however many retries overlap', async () => {
  let givenBack = 0;
  let isAway = true;
  // A fake: an engine that is away exactly while the first removal is tried.
  const engine = {
    remove: async () => {
      await new Promise((resolve) => setImmediate(resolve));
      if (isAway) throw new EngineError('unreachable', 'away');
    },
    list: () => Promise.resolve([]),
  } as unknown as Engine;
  const leftovers = new Leftovers({ engine, instanceId: 'x', directories: [], onFailure: () => undefined });
  const holdings = new SandboxHoldings({
    engine,
    directories: [],
    onGone: () => givenBack++,
    onLeftover: (retry, error) => {
      leftovers.add('one', retry, error);
    },
  });
  holdings.holdContainer('c' as ContainerId);
  await holdings.release();
  expect([givenBack, leftovers.count]).toEqual([0, 1]);
  isAway = false;
  await Promise.all([leftovers.retry(() => true), leftovers.retry(() => true)]);
  expect([givenBack, leftovers.count]).toEqual([1, 0]);
});

describe('what a server and its workers left on an engine', () => {
  /** An engine with a container of the server, of each of two workers, and of a server that knew no workers. */
  function engineWith(): { readonly engine: Engine; readonly ids: Set<string> } {
    const workers = new Map([
      ['server', ''],
      ['one', '1'],
      ['two', '2'],
    ]);
    const ids = new Set([...workers.keys(), 'old']);
    const labels = (id: string): Record<string, string> => ({
      'sraas.sandbox': id,
      ...(workers.has(id) && { 'sraas.worker': workers.get(id) ?? '' }),
    });
    const engine = {
      list: () => Promise.resolve([...ids].map((id) => ({ id, labels: labels(id) }))),
      remove: (id: string) => Promise.resolve(void ids.delete(id)),
    } as unknown as Engine;
    return { engine, ids };
  }
  const leftoversOn = (engine: Engine, workerNumber?: number): Leftovers =>
    new Leftovers({ engine, instanceId: 'x', workerNumber, directories: [], onFailure: () => undefined });

  it('is all removed when the server starts, and by a worker just what its predecessor left', async () => {
    const both = engineWith();
    expect(await leftoversOn(both.engine).sweep()).toBe(4);
    const one = engineWith();
    expect(await leftoversOn(one.engine, 1).sweep()).toBe(1);
    expect([...one.ids]).toStrictEqual(['server', 'two', 'old']);
  });

  it('is each one’s own to tidy up later', async () => {
    const { engine, ids } = engineWith();
    await leftoversOn(engine, 2).retry(() => false);
    expect([...ids]).toStrictEqual(['server', 'one', 'old']);
    await leftoversOn(engine).retry(() => false);
    expect([...ids]).toStrictEqual(['one']);
  });
});
