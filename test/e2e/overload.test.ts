import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import { deployHandler } from '../support/async-calls.ts';
import { ResidentMemory } from '../support/resident-memory.ts';
import { spawnServer } from '../support/server-process.ts';

/** Two sandboxes that take a tenth of a second for each call can serve twenty calls a second. */
const sandboxes = 2;
const callMs = 100;
const sustainable = (sandboxes * 1000) / callMs;
const seconds = 3;
const queueLength = 20;
const eventBytes = 200_000;
/** More than garbage waits for its collection; a round sends twice as much. */
const mostGrowthMb = 60;

interface Told {
  readonly status: number;
  readonly isRight: boolean;
  readonly retryAfter: string | null;
  readonly elapsedMs: number;
}

it('AP-65 ten times the load that can be served: whoever is served is served rightly, the rest is refused sooner, and nothing grows', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'sraas-overload-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  await using server = await spawnServer(directory, ['--queue-length', String(queueLength)]);
  const slowly = `export const handler = ({ nonce }) => new Promise((resolve) => setTimeout(resolve, ${callMs}, nonce))`;
  await deployHandler(server.url, 'busy', slowly, { concurrency: { max: sandboxes } });
  await deployHandler(server.url, 'other', slowly);

  const padding = 'x'.repeat(eventBytes);
  const answer = async (name: string, nonce: number): Promise<Told> => {
    const begun = performance.now();
    const response = await fetch(`${server.url}/functions/${name}/invoke`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ version: 'v1', event: { nonce, padding } }),
    });
    const { result, code } = (await response.json()) as { readonly result?: unknown; readonly code?: string };
    const { status } = response;
    return {
      status,
      isRight: status === 200 ? result === nonce : status === 429 && code?.startsWith('QUEUE_') === true,
      retryAfter: response.headers.get('retry-after'),
      elapsedMs: performance.now() - begun,
    };
  };
  // A call without an answer is a wrong one, not an exception that nobody waits for yet.
  const call = (name: string, nonce: number): Promise<Told> =>
    answer(name, nonce).catch(() => ({ status: 0, isRight: false, retryAfter: null, elapsedMs: NaN }));
  // Both have a sandbox before it begins.
  expect(
    (await Promise.all([call('busy', -1), call('busy', -2), call('other', -3)])).map(({ status }) => status),
  ).toEqual([200, 200, 200]);
  const overload = async (): Promise<readonly [told: readonly Told[], others: readonly Told[]]> => {
    const calls: Promise<Told>[] = [];
    const asides: Promise<Told>[] = [];
    for (let tick = 0; tick < seconds * 10; tick += 1) {
      for (let one = 0; one < sustainable; one += 1) calls.push(call('busy', calls.length));
      if (tick % 5 === 0) asides.push(call('other', tick));
      await delay(100);
    }
    return [await Promise.all(calls), await Promise.all(asides)];
  };
  const memory = new ResidentMemory(server);
  await overload();
  const firstMb = await memory.peak();
  const [told, others] = await overload();
  const growthMb = (await memory.peak()) - firstMb;
  const served = told.filter(({ status }) => status === 200);
  const refused = told.filter(({ status }) => status === 429);
  const median = (of: readonly Told[]): number =>
    of.map(({ elapsedMs }) => elapsedMs).sort((a, b) => a - b)[Math.floor(of.length / 2)] ?? NaN;
  console.info(
    `${served.length} served in ${median(served).toFixed(0)} ms, ${refused.length} refused in ${median(refused).toFixed(0)} ms, ` +
      `${growthMb.toFixed(0)} MiB more than in the round before`,
  );

  expect(told.filter(({ isRight }) => !isRight)).toEqual([]);
  expect(served.length).toBeGreaterThan(queueLength + (sustainable * seconds) / 4);
  expect(refused.length).toBeGreaterThan(told.length / 2);
  expect(refused.filter(({ retryAfter }) => !/^[1-9]\d*$/.test(retryAfter ?? ''))).toEqual([]);
  expect(median(refused)).toBeLessThan(median(served));
  expect(growthMb).toBeLessThan(mostGrowthMb);
  // Another function has sandboxes and a queue of its own.
  expect(others.filter(({ status, isRight }) => status !== 200 || !isRight)).toEqual([]);

  expect(await server.client.invocations.running()).toEqual([]);
  for (const nonce of [-4, -5, -6]) expect(await call('busy', nonce)).toMatchObject({ status: 200, isRight: true });
});
