// RX-43: two hundred calls at once, each of which wants a container of its own.
// Barrier: a cap on sandboxes, on starts, and on the queue. Expected: no more containers than the cap at any moment; what does
// not fit is QUEUE_FULL with Retry-After, before the first container is even up.
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ClientError } from '../../src/client/client-error.ts';
import { openArena, type Arena } from '../support/arena.ts';

const calls = 200;
const queueLength = 12;
const most = 4;
/** Long enough for all calls to have come before the first one ends. */
const source = 'export const handler = ({ n }) => new Promise((resolve) => setTimeout(resolve, 600, n))';

const isWithinQueueTime = (seconds: number): boolean => seconds >= 1 && seconds <= 30;

let arena: Arena;
beforeAll(async () => {
  // The two hundred clients are in the server's own process here, and take its time.
  arena = await openArena({ queueLength, maxSandboxes: 6 }, { slowestHealthMs: 3000 });
});
afterAll(() => arena[Symbol.asyncDispose]());

it.each(['warm', 'fresh'] as const)('turns away what does not fit at once, for a %s function', async (isolation) => {
  const name = await arena.deploy(source, { isolation, concurrency: { max: most } });
  let seen = 0;
  const watch = setInterval(() => {
    void arena.containersOf(name).then((ids) => (seen = Math.max(seen, ids.length)));
  }, 100);
  const order: string[] = [];
  const answers = await Promise.all(
    Array.from({ length: calls }, async (_, n) => {
      try {
        const { result } = await arena.client.invoke(name, { event: { n } });
        expect(result).toBe(n);
        order.push('served');
      } catch (error) {
        order.push('refused');
        return error as ClientError;
      }
      return undefined;
    }),
  );
  clearInterval(watch);

  const refusals = answers.filter((answer) => answer !== undefined);
  const served = calls - refusals.length;
  for (const { status, code, retryAfterSeconds } of refusals) {
    expect({ status, code }).toEqual({ status: 429, code: 'QUEUE_FULL' });
    // By how long calls take at the time: never at once, never longer than anybody may wait at all.
    expect([retryAfterSeconds, Number.isInteger(retryAfterSeconds)]).toEqual([
      expect.toSatisfy(isWithinQueueTime),
      true,
    ]);
  }
  expect(seen).toBeLessThanOrEqual(most);
  expect(served).toBeGreaterThanOrEqual(queueLength);
  expect(served).toBeLessThan(calls / 2);
  // Nobody is kept waiting for a refusal: the first answers are refusals, not results.
  expect(order.slice(0, calls / 4)).toEqual(Array(calls / 4).fill('refused'));
  await arena.aftermath();
});
