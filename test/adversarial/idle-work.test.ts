// RX-37: work that goes on when its invocation has been answered.
// Barrier: a sandbox in which timers, immediates or processes are left serves nobody else; one that only idles is paused.
// Expected: cold start for the next call; pause, and so no processor time, for what is not seen.
//
// What is out of sight: timers that were unref'd, and threads. They stay in a warm sandbox, use its own share of the processor
// until it is paused, and are never billed to the next call but for what they use while it runs.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openArena, type Arena } from '../support/arena.ts';

import { docker, until } from '../support/containers.ts';
import { serverKinds } from '../support/server-kinds.ts';

describe.each(serverKinds)('on a server that $title', ({ settings }) => {
  let arena: Arena;
  beforeAll(async () => {
    arena = await openArena({ ...settings, pauseAfterMs: 300 });
  });
  afterEach(() => arena.aftermath());
  afterAll(() => arena[Symbol.asyncDispose]());

  const spin = 'const end = Date.now() + 20; while (Date.now() < end);';

  it.each([
    ['a timer that arms itself again', `setTimeout(function go() { ${spin} setTimeout(go, 1) }, 1)`],
    ['an interval', `setInterval(() => { ${spin} }, 1)`],
    ['immediates', `setImmediate(function go() { ${spin} setImmediate(go) })`],
  ])('%s costs the sandbox its next call', async (_title, statement) => {
    const name = await arena.deploy(`export const handler = () => { ${statement}; return 'answered' }`);
    for (let call = 0; call < 2; call++) {
      expect(await arena.client.invoke(name)).toMatchObject({
        result: 'answered',
        invocation: { outcome: 'ok', cold_start: true },
      });
    }
    await until(async () => (await arena.containersOf(name)).length === 0, 15_000, 'the last one is gone, too');
  });

  it.each([
    ['an unref’d interval', `setInterval(() => { ${spin} }, 1).unref()`],
    ['a worker', `new (await import('node:worker_threads')).Worker('while (true);', { eval: true }).unref()`],
  ])('%s is paused with its sandbox', async (_title, statement) => {
    const name = await arena.deploy(`export const handler = async () => { ${statement}; return 'answered' }`);
    expect((await arena.client.invoke(name)).result).toBe('answered');
    const [id = ''] = await arena.containersOf(name);
    await until(async () => (await docker.getContainer(id).inspect()).State.Paused, 15_000, 'it is paused');
    expect(await arena.client.invoke(name)).toMatchObject({ result: 'answered', invocation: { cold_start: false } });
  });
});
