// RX-01: a function starts processes until it can start no more.
// Barrier: the limit of processes and threads. Expected: EAGAIN in the function, told as handler_error, or timeout when the
// bomb keeps exploding; no process is left.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openArena, type Arena } from '../support/arena.ts';

let arena: Arena;
beforeAll(async () => {
  arena = await openArena();
});
afterEach(() => arena.aftermath());
afterAll(() => arena[Symbol.asyncDispose]());

const manyChildren = `import { spawn } from 'node:child_process';
  import { once } from 'node:events';
  export const handler = async () => { for (;;) await once(spawn('/bin/sleep', ['60']), 'spawn') }`;

const bomb = `import { spawn } from 'node:child_process';
  export const handler = () => new Promise(() => {
    spawn('/bin/bash', ['-c', 'bomb() { bomb | bomb & }; bomb; sleep 60'], { stdio: 'ignore' }).on('error', () => {});
  })`;

describe.each(['warm', 'fresh'] as const)('in a %s sandbox', (isolation) => {
  it('children in a loop meet EAGAIN, which the handler may catch or not', async () => {
    const reply = await arena.run(manyChildren, { config: { isolation, limits: { pids: 32, timeout_ms: 8000 } } });
    expect(reply.error).toMatch(/^Error: spawn \/bin\/sleep EAGAIN/);
    expect(reply.invocation.outcome).toBe('handler_error');
  });

  it('a bomb in a shell lasts until the deadline', async () => {
    const reply = await arena.run(bomb, { config: { isolation, limits: { pids: 32, timeout_ms: 1500 } } });
    expect(reply.invocation.outcome).toBe('timeout');
  });
});

it('a warm sandbox full of children serves nobody else', async () => {
  const name = await arena.deploy(manyChildren, { limits: { pids: 32, timeout_ms: 8000 } });
  await arena.client.invoke(name);
  expect((await arena.client.invoke(name)).invocation.cold_start).toBe(true);
});
