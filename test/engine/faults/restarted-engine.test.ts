import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { UidAllocator } from '../../../src/sandboxes/uid-allocator.ts';
import { until } from '../../support/containers.ts';
import { type PrivateEngine, startPrivateEngine } from '../../support/private-engine.ts';
import { startServer } from '../../support/server.ts';
import { startCallers, tally, type Ended } from './steady-callers.ts';

const timeoutMs = 3000;
const restarts = 10;
const backInServiceMs = 15_000;

/** What a caller may be told while the engine goes, is away and comes. */
const honest = ['ok', 'ENGINE_UNAVAILABLE', 'SANDBOX_START_FAILED'];

const files = {
  'main.mjs': 'export const handler = () => new Promise((resolve) => setTimeout(resolve, 100, "slept"))',
};

async function sandboxFolders(engine: PrivateEngine): Promise<number> {
  const instances = await readdir(engine.runDirectory);
  const folders = await Promise.all(instances.map((instance) => readdir(join(engine.runDirectory, instance))));
  return folders.flat().length;
}

async function containers(engine: PrivateEngine): Promise<number> {
  return (await engine.docker.listContainers({ all: true })).length;
}

/** User ids that sandboxes have, of all that were ever taken in this process. */
function countUids(): () => number {
  const taken = vi.spyOn(UidAllocator.prototype, 'take');
  const givenBack = vi.spyOn(UidAllocator.prototype, 'giveBack');
  return () => taken.mock.results.filter(({ type }) => type === 'return').length - givenBack.mock.calls.length;
}

function expectHonest(ended: readonly Ended[]): void {
  expect(ended.filter(({ how }) => !honest.includes(how)).slice(0, 3)).toEqual([]);
  expect(Math.max(...ended.map(({ durationMs }) => durationMs))).toBeLessThan(timeoutMs + 15_000);
}

it('tells calls that the engine left them, serves again by itself and orphans nothing, ten times under load', async () => {
  await using engine = await startPrivateEngine();
  const overrides = { engineHost: engine.engineHost, runDirectory: engine.runDirectory };
  await using server = await startServer(overrides);
  const uids = countUids();
  for (const isolation of ['warm', 'fresh'] as const) {
    const limits = { timeout_ms: timeoutMs };
    const config = { runtime: 'node24', handler: 'main.handler', isolation, limits, concurrency: { max: 3 } };
    await server.client.deploy(isolation, config, { files });
  }
  const warm = startCallers(server.client, 'warm', 2);
  const fresh = startCallers(server.client, 'fresh', 2);
  const serves = (): boolean => warm.ended.at(-1)?.how === 'ok' && fresh.ended.at(-1)?.how === 'ok';
  try {
    for (let restart = 1; restart <= restarts; restart++) {
      await until(serves, backInServiceMs, `calls succeed before restart ${restart}`);
      await (restart % 2 === 0 ? engine.kill() : engine.stop());
      await engine.start();
    }
    await until(serves, backInServiceMs, 'calls succeed after the last restart');
  } finally {
    await Promise.all([warm.stop(), fresh.stop()]);
  }
  const ended = [...warm.ended, ...fresh.ended];
  expectHonest(ended);
  expect(tally(ended)).toMatchObject({ ENGINE_UNAVAILABLE: expect.any(Number) as number });

  // What could not be removed while the engine was away goes within half a minute.
  await server.client.remove('warm');
  await server.client.remove('fresh');
  await until(() => uids() === 0, 35_000, 'all user ids have been given back');
  await server.stop();
  expect([await containers(engine), await sandboxFolders(engine), uids()]).toEqual([0, 0, 0]);
}, 150_000);
