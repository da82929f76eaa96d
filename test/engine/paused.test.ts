import { afterAll, beforeAll, expect, it } from 'vitest';
import { containersOf, docker, until } from '../support/containers.ts';
import { startServer, type TestServer } from '../support/server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startServer({ pauseAfterMs: 300 });
});
afterAll(() => server.stop());

const config = { runtime: 'node24', handler: 'main.handler' } as const;

async function isPaused(name: string): Promise<boolean> {
  const [id = ''] = await containersOf(name);
  return (await docker.getContainer(id).inspect()).State.Paused;
}

async function processorTime(name: string): Promise<number> {
  const [id = ''] = await containersOf(name);
  const stats = (await docker.getContainer(id).stats({ stream: false, 'one-shot': true })) as {
    cpu_stats: { cpu_usage: { total_usage: number } };
  };
  return stats.cpu_stats.cpu_usage.total_usage;
}

it('takes the processor from a sandbox that has been idle for a while, and gives it back for the next call', async () => {
  // A worker thread is out of sight for the shim: only the pause stops it.
  const source = `import { Worker } from 'node:worker_threads';
    const worker = new Worker('for (;;);', { eval: true }); worker.unref();
    let calls = 0; export const handler = () => ++calls`;
  await server.client.deploy('spinner', config, { files: { 'main.mjs': source } });
  expect((await server.client.invoke('spinner')).result).toBe(1);
  await until(() => isPaused('spinner'), 10_000, 'it is paused');
  const before = await processorTime('spinner');
  expect(await processorTime('spinner')).toBe(before);
  expect(await server.client.invoke('spinner')).toMatchObject({ result: 2, invocation: { cold_start: false } });
  expect(await isPaused('spinner')).toBe(false);
});

it('a paused sandbox that was removed by someone else is replaced', async () => {
  await server.client.deploy('removed', config, { files: { 'main.mjs': 'export const handler = () => 1' } });
  await server.client.invoke('removed');
  await until(() => isPaused('removed'), 10_000, 'it is paused');
  const [id = ''] = await containersOf('removed');
  await docker.getContainer(id).remove({ force: true });
  expect(await server.client.invoke('removed')).toMatchObject({
    result: 1,
    invocation: { outcome: 'ok', cold_start: true },
  });
});

it('paused sandboxes are removed when the server stops', async () => {
  await using brief = await startServer({ pauseAfterMs: 100 });
  await brief.client.deploy('sleeper', config, { files: { 'main.mjs': 'export const handler = () => 1' } });
  await brief.client.invoke('sleeper');
  await until(() => isPaused('sleeper'), 10_000, 'it is paused');
  await brief.stop();
  expect(await containersOf('sleeper')).toEqual([]);
});
