// PR-08, 41, 61, 64: what a handler leaves running, or lying about, when it has answered.
// Barrier: work left behind makes a sandbox unfit for the next caller; fresh isolation gives none to a second one. Expected: the
// answer comes at once, and nothing of one call is in the logs, the outcome or the world of the next.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openArena, type Arena } from '../support/arena.ts';
import { until } from '../support/containers.ts';
import { serverKinds } from '../support/server-kinds.ts';

describe.each(serverKinds)('on a server that $title', ({ settings }) => {
  let arena: Arena;
  beforeAll(async () => {
    arena = await openArena(settings);
  });
  afterEach(() => arena.aftermath());
  afterAll(() => arena[Symbol.asyncDispose]());

  it.each([
    ['a timer', `setTimeout(() => console.log('late'), 5000)`],
    ['an interval', `setInterval(() => console.log('late'), 10)`],
    ['immediates again and again', `(function again() { setImmediate(again) })()`],
    ['a child process', `spawn('/bin/sh', ['-c', 'while :; do echo late; sleep 0.01; done'], { stdio: 'inherit' })`],
    ['a timer that throws', `setTimeout(() => { throw new Error('late') }, 300)`],
    ['a timer that rejects', `setTimeout(() => Promise.reject(new Error('late')), 300)`],
    ['a timer that exits', `setTimeout(() => process.exit(3), 300)`],
  ])(
    'PR-08, PR-41, PR-61: %s left behind keeps nobody waiting, and the next call has another sandbox',
    async (_title, work) => {
      const name = await arena.deploy(
        `import { spawn } from 'node:child_process'; let calls = 0;
     export const handler = async ({ leave }) => { calls++; if (leave) { ${work} } else await new Promise((resolve) => setTimeout(resolve, 400)); return calls }`,
      );
      const began = performance.now();
      const first = await arena.client.invoke(name, { event: { leave: true } });
      expect(first).toMatchObject({ result: 1, error: null, invocation: { outcome: 'ok' } });
      expect(performance.now() - began - first.invocation.init_ms - first.invocation.queue_ms).toBeLessThan(2500);
      const next = await arena.client.invoke(name, { event: { leave: false } });
      expect(next).toMatchObject({ result: 1, logs: '', error: null, invocation: { outcome: 'ok', cold_start: true } });
    },
  );

  it('PR-61: a process that takes the place of a thread, so that as many tasks run as before, is found within about a second', async () => {
    const name = await arena.deploy(
      `import { spawn } from 'node:child_process'; import { Worker } from 'node:worker_threads'; let calls = 0;
       const worker = new Worker('setInterval(() => {}, 1000)', { eval: true }); worker.unref();
       await new Promise((resolve) => worker.once('online', resolve));
       export const handler = async ({ leave }) => {
         calls++;
         if (leave) { await worker.terminate(); spawn('/bin/sleep', ['60'], { detached: true, stdio: 'ignore' }).unref() }
         return calls }`,
    );
    expect(await arena.client.invoke(name, { event: { leave: true } })).toMatchObject({ result: 1 });
    await new Promise((resolve) => setTimeout(resolve, 1100));
    await arena.client.invoke(name, { event: { leave: false } });
    expect(await arena.client.invoke(name, { event: { leave: false } })).toMatchObject({ result: 1 });
  });

  it('PR-61: what is printed between two calls is in neither’s logs', async () => {
    const name = await arena.deploy(
      `export const handler = ({ first }) => { if (first) setTimeout(() => console.log('between'), 30).unref(); return 1 }`,
    );
    expect((await arena.client.invoke(name, { event: { first: true } })).logs).toBe('');
    // An unref'd timer is not seen as work, so this sandbox serves again; it has printed by then.
    await new Promise((resolve) => setTimeout(resolve, 300));
    const next = await arena.client.invoke(name, { event: { first: false } });
    expect(next).toMatchObject({ logs: '', invocation: { cold_start: false } });
  });

  it('PR-64: with fresh isolation nothing of a call is there for the next', async () => {
    const name = await arena.deploy(
      `import fs from 'node:fs'; import { createRequire } from 'node:module'; import { spawn } from 'node:child_process';
     const require = createRequire(import.meta.url); let calls = 0;
     export const handler = () => {
       const found = { calls, global: globalThis.left, files: fs.readdirSync('/tmp'), env: process.env.LEFT, cwd: process.cwd(), listeners: process.listenerCount('SIGUSR2'),
         cached: Object.keys(require.cache).filter((key) => key.includes('left')), prototype: {}.left, umask: process.umask(), title: process.title,
         processes: fs.readdirSync('/proc').filter((id) => /^\\d+$/.test(id)).length };
       calls++; globalThis.left = 1; fs.writeFileSync('/tmp/left', 'x'); process.env.LEFT = '1'; process.chdir('/tmp'); process.on('SIGUSR2', () => {});
       require.cache['/left'] = {}; Object.prototype.left = 1; process.umask(0o777); process.title = 'left'; setInterval(() => {}, 1000);
       spawn('/bin/sleep', ['60'], { detached: true, stdio: 'ignore' }).unref();
       return found }`,
      { isolation: 'fresh' },
    );
    const first = await arena.client.invoke(name);
    expect(first.result).toMatchObject({ calls: 0, files: [], cwd: '/function', listeners: 0, cached: [] });
    const second = await arena.client.invoke(name);
    expect(second.result).toEqual(first.result);
    await until(async () => (await arena.containersOf(name)).length === 0, 10_000, 'no sandbox stays');
  });
});
