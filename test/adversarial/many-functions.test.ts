// RX-46: more functions than there is room for, each called once.
// Barrier: the cap on sandboxes of all functions together; the one that was idle longest makes room. Expected: every call is
// answered; no more sandboxes than the cap at any moment.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { atATime } from '../support/at-a-time.ts';
import { docker } from '../support/containers.ts';
import { openArena, type Arena } from '../support/arena.ts';

const functions = 100;
const callers = 3;
const maxSandboxes = 8;

let arena: Arena;
beforeAll(async () => {
  arena = await openArena({ maxSandboxes });
});
afterAll(() => arena[Symbol.asyncDispose]());

it('answers each of a hundred functions, within the cap', async () => {
  const names: string[] = [];
  for (let i = 0; i < functions; i++) names.push(await arena.deploy(`export const handler = () => ${i}`));
  const results: unknown[] = [];
  let fullest: readonly string[] = [];
  await atATime(callers, names, async (name, i) => {
    results[i] = (await arena.client.invoke(name)).result;
    const now = await sandboxes();
    if (now.length > fullest.length) fullest = now;
  });
  expect(results).toEqual(names.map((_, i) => i));
  expect(fullest.length, fullest.join(', ')).toBeLessThanOrEqual(maxSandboxes);
  await arena.aftermath();
}, 180_000);

async function sandboxes(): Promise<readonly string[]> {
  const label = [`sraas.instance=${arena.instanceId}`];
  const found = await docker.listContainers({ all: true, filters: { label } });
  return found.map(({ Labels, Status }) => `${Labels['sraas.function'] ?? ''}: ${Status}`);
}
