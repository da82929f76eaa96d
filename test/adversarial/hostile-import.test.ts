// RX-41, RX-44: modules that do harm while they are imported, before there is a handler.
// Barrier: the init time limit, and all the limits of a sandbox from its first instruction on; starts back off while loading
// fails. Expected: timeout or out_of_memory that says it was while loading; one start per call at most.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openArena, type Arena } from '../support/arena.ts';

import { docker } from '../support/containers.ts';

const initTimeoutMs = 1000;

let arena: Arena;
beforeAll(async () => {
  arena = await openArena({ initTimeoutMs });
});
afterEach(() => arena.aftermath());
afterAll(() => arena[Symbol.asyncDispose]());

const handler = 'export const handler = () => "loaded";';

describe.each(['warm', 'fresh'] as const)('in a %s sandbox', (isolation) => {
  const config = { isolation, limits: { memory_mb: 96, cpus: 2 } };

  it('a module that loops ends at the init limit', async () => {
    const reply = await arena.run(`while (true); ${handler}`, { config });
    expect(reply.invocation.outcome).toBe('timeout');
    expect(reply.error).toContain(`did not finish loading within ${initTimeoutMs} ms`);
  });

  it('a module that waits for ever ends at the init limit', async () => {
    const reply = await arena.run(`await new Promise(() => {}); ${handler}`, { config });
    expect(reply.invocation.outcome).toBe('timeout');
  });

  it('a module that takes all memory is out of memory', async () => {
    const reply = await arena.run(`const hoard = []; for (;;) hoard.push(Buffer.alloc(1 << 20, 1)); ${handler}`, {
      config,
    });
    expect(reply.invocation.outcome).toBe('out_of_memory');
    expect(reply.error).toMatch(/while its module was loading/);
  });

  it('a module that fills its output is told with the first of it', async () => {
    const source = `import { writeSync } from 'node:fs'; for (;;) writeSync(1, 'x'.repeat(65536)); ${handler}`;
    const reply = await arena.run(source, { config: { ...config, limits: { ...config.limits, log_bytes: 1000 } } });
    expect(reply.invocation).toMatchObject({ outcome: 'timeout', logs_truncated: true });
    expect(reply.logs).toMatch(/^x{1000}\n\[logs cut here/);
  });

  it('a source of 8 MB in one expression stays inside', async () => {
    const bounded = ['ok', 'load_error', 'timeout', 'out_of_memory', 'exited'] as const;
    const files = { 'main.mjs': `export const handler = () => 1${'+1'.repeat(4_000_000)}` };
    expect(bounded).toContain((await arena.run({ files }, { config })).invocation.outcome);
    await arena.aftermath(bounded);
  });

  it('a hundred thousand requires stay inside', async () => {
    const files = {
      'main.cjs': `for (let i = 0; i < 100_000; i++) { require('./other.cjs'); delete require.cache[require.resolve('./other.cjs')] }
        exports.handler = () => 'loaded'`,
      'other.cjs': 'exports.x = 1',
    };
    const bounded = ['ok', 'timeout', 'out_of_memory'] as const;
    expect(bounded).toContain((await arena.run({ files }, { config })).invocation.outcome);
    await arena.aftermath(bounded);
  });
});

it('starts no more than one container per call for a module that cannot be loaded, and fewer while it backs off', async () => {
  const since = Math.floor(Date.now() / 1000);
  const name = await arena.deploy('throw new Error("not today")', { concurrency: { max: 4, warm_min: 1 } });
  const calls = 30;
  for (let i = 0; i < calls; i++) {
    const reply = await arena.client.invoke(name);
    expect(reply).toMatchObject({ result: null, invocation: { outcome: 'load_error' } });
  }
  expect(await created(name, since)).toBeLessThan(calls / 2);
});

/** How many containers the engine has made for a function; its own record, which removal does not change. */
async function created(name: string, since: number): Promise<number> {
  const filters = JSON.stringify({ type: ['container'], event: ['create'], label: [`sraas.function=${name}`] });
  const events = await docker.getEvents({ since, until: Math.ceil(Date.now() / 1000), filters });
  let text = '';
  for await (const chunk of events) text += String(chunk);
  return text.split('\n').filter((line) => line !== '').length;
}
