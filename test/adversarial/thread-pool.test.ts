// RX-04: more threads than a sandbox may have.
// Barrier: the limit of processes and threads. Expected: exited or handler_error with a clear message, or timeout; never ok
// with all of them running.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openArena, type Arena } from '../support/arena.ts';

let arena: Arena;
beforeAll(async () => {
  arena = await openArena();
});
afterEach(() => arena.aftermath());
afterAll(() => arena[Symbol.asyncDispose]());

const config = (isolation: 'warm' | 'fresh') => ({ isolation, limits: { pids: 32, timeout_ms: 3000 } });

const bigPool = `import { spawn } from 'node:child_process';
  import { once } from 'node:events';
  const program = "for (let i = 0; i < 1024; i++) require('crypto').pbkdf2('a', 'b', 1e6, 64, 'sha512', () => {})";
  export const handler = async () => {
    const child = spawn(process.execPath, ['-e', program], { env: { UV_THREADPOOL_SIZE: '1024' }, stdio: 'inherit' });
    const [code, signal] = await once(child, 'exit');
    throw new Error('the child ended by ' + (signal ?? code));
  }`;

const manyWorkers = `import { Worker } from 'node:worker_threads';
  export const handler = () => new Promise((resolve, reject) => {
    let open = 0;
    for (let i = 0; i < 100; i++) new Worker('setInterval(() => {}, 1000)', { eval: true })
      .on('error', reject).on('online', () => { if (++open === 100) resolve('all 100 run') });
  })`;

describe.each(['warm', 'fresh'] as const)('in a %s sandbox', (isolation) => {
  it('a thread pool of 1,024 aborts the child that wants it', async () => {
    const reply = await arena.run(bigPool, { config: config(isolation) });
    expect(reply.invocation.outcome).toBe('handler_error');
    expect(reply.error).toMatch(/^Error: the child ended by SIGABRT/);
  });

  it('a hundred workers do not come up', async () => {
    const reply = await arena.run(manyWorkers, { config: config(isolation) });
    expect(reply.result).toBeNull();
    expect(['handler_error', 'exited', 'timeout']).toContain(reply.invocation.outcome);
    await arena.aftermath(['handler_error', 'exited', 'timeout']);
  });
});
