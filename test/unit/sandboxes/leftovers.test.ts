import { expect, it } from 'vitest';
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
