import { readdir } from 'node:fs/promises';
import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { containersOf, until } from '../support/containers.ts';
import { startServer, type TestServer } from '../support/server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());

const config = { runtime: 'node24', handler: 'main.handler' } as const;
const returning = (value: number): { files: Record<string, string> } => ({
  files: { 'main.mjs': `export const handler = () => ${value}` },
});

describe('the life of a function', () => {
  it('is created, unchanged, updated, shown, listed and removed', async () => {
    expect(
      (
        await request(server.url)
          .put('/functions/life')
          .send({ ...config, ...returning(1) })
      ).status,
    ).toBe(201);
    const again = await request(server.url)
      .put('/functions/life')
      .send({ ...config, ...returning(1) });
    expect([again.status, (again.body as { outcome: string }).outcome]).toEqual([200, 'unchanged']);
    expect(await server.client.deploy('life', config, returning(2))).toMatchObject({ version: 2, outcome: 'updated' });

    expect((await server.client.invoke('life')).result).toBe(2);
    expect((await server.client.invoke('life@1')).result).toBe(1);
    expect(await server.client.show('life')).toMatchObject({
      name: 'life',
      version: 2,
      limits: {
        cpus: 0.5,
        memory_mb: 256,
        pids: 64,
        timeout_ms: 10_000,
        tmp_mb: 64,
        result_bytes: 6_000_000,
        log_bytes: 1_000_000,
      },
      network: 'none',
      isolation: 'warm',
    });
    expect(await server.client.show('life@1')).toMatchObject({ version: 1 });

    await server.client.remove('life');
    await expect(server.client.remove('life')).rejects.toMatchObject({ code: 'FUNCTION_NOT_FOUND', status: 404 });
    await expect(server.client.invoke('life')).rejects.toMatchObject({ code: 'FUNCTION_NOT_FOUND' });
    await until(async () => (await containersOf('life')).length === 0, 10_000, 'its sandboxes are gone');
  });

  it('a name that was removed and deployed anew is never served by the old one', async () => {
    await server.client.deploy('phoenix', config, returning(1));
    expect((await server.client.invoke('phoenix')).result).toBe(1);
    await server.client.remove('phoenix');
    await server.client.deploy('phoenix', config, returning(2));
    expect((await server.client.invoke('phoenix')).result).toBe(2);
  });

  it('lists in pages, by name', async () => {
    for (const name of ['page-c', 'page-a', 'page-b']) await server.client.deploy(name, config, returning(1));
    const first = await request(server.url).get('/functions?limit=2');
    const names = (first.body as { functions: { name: string }[] }).functions.map((fn) => fn.name);
    expect(names).toEqual(['page-a', 'page-b']);
    const all: string[] = [];
    for await (const fn of server.client.list()) all.push(fn.name);
    expect(all).toEqual(expect.arrayContaining(['page-a', 'page-b', 'page-c']));
  });

  it('lets a call that runs while its function is removed end', async () => {
    const files = {
      'main.mjs': 'export const handler = () => new Promise((resolve) => setTimeout(resolve, 600, "done"))',
    };
    await server.client.deploy('leaving', config, { files });
    await server.client.invoke('leaving');
    const running = server.client.invoke('leaving');
    await until(async () => (await containersOf('leaving')).length === 1, 5000, 'it runs');
    await server.client.remove('leaving');
    expect((await running).result).toBe('done');
  });
});

describe('concurrency', () => {
  it('starts sandboxes up to concurrency.max, and lets the rest wait', async () => {
    const files = {
      'main.mjs': `import { randomUUID } from 'node:crypto'; const id = randomUUID();
        export const handler = () => new Promise((resolve) => setTimeout(resolve, 200, id))`,
    };
    await server.client.deploy('limited', { ...config, concurrency: { max: 2 } }, { files });
    const replies = await Promise.all(Array.from({ length: 8 }, () => server.client.invoke('limited')));
    expect(replies.map((reply) => reply.invocation.outcome)).toEqual(Array<string>(8).fill('ok'));
    expect(new Set(replies.map((reply) => reply.result)).size).toBeLessThanOrEqual(2);
    expect(await containersOf('limited')).toHaveLength(2);
  });

  it('answers 429 with Retry-After, at once, when the queue is full, and when the wait is too long', async () => {
    await using small = await startServer({ queueLength: 1, queueTimeoutMs: 300 });
    const files = {
      'main.mjs': 'export const handler = ({ ms = 0 }) => new Promise((resolve) => setTimeout(resolve, ms))',
    };
    await small.client.deploy('slow', { ...config, concurrency: { max: 1 } }, { files });
    // Started before: a busy machine may need longer for that than calls wait here.
    const quick = (): Promise<boolean> =>
      small.client.invoke('slow').then(
        () => true,
        () => false,
      );
    await until(quick, 20_000, 'the only sandbox has started');
    const running = small.client.invoke('slow', { event: { ms: 3000 } });
    await until(async () => (await small.client.invocations.running()).length === 1, 10_000, 'it is busy');
    const waiting = small.client.invoke('slow').catch((error: unknown) => error);
    const call = (): request.Test => request(small.url).post('/functions/slow/invoke').send({ version: 'v1' });
    await until(async () => (await call()).status === 429, 10_000, 'the queue is full');
    const refused = await call();
    expect(refused.status).toBe(429);
    expect(refused.headers['retry-after']).toBe('1');
    expect(await waiting).toMatchObject({ status: 429, code: expect.stringMatching(/^QUEUE_/) as string });
    expect((await running).invocation.outcome).toBe('ok');
  });

  it('sends the longest idle sandbox away when the server has as many as it may', async () => {
    await using small = await startServer({ maxSandboxes: 2 });
    for (const name of ['one', 'two', 'three']) {
      await small.client.deploy(name, config, returning(1));
      expect((await small.client.invoke(name)).result).toBe(1);
    }
    await until(async () => (await containersOf('one')).length === 0, 10_000, 'the oldest is gone');
    expect(await containersOf('two')).toHaveLength(1);
    expect(await containersOf('three')).toHaveLength(1);
  });

  it('removes sandboxes that were idle for long, but for warm_min', async () => {
    await using brief = await startServer({ sandboxIdleMs: 300 });
    await brief.client.deploy('idle', config, returning(1));
    await brief.client.invoke('idle');
    await until(async () => (await containersOf('idle')).length === 0, 10_000, 'the idle one is gone');
    await brief.client.deploy('kept', { ...config, concurrency: { warm_min: 1 } }, returning(1));
    await until(async () => (await containersOf('kept')).length === 1, 10_000, 'one is started without a call');
    await until(async () => !(await brief.client.invoke('kept')).invocation.cold_start, 10_000, 'calls find it');
  });

  it('kills a call whose client has gone, and serves the next one', async () => {
    const files = { 'main.mjs': 'export const handler = ({ hang }) => (hang ? new Promise(() => {}) : 1)' };
    await server.client.deploy('impatient', { ...config, concurrency: { max: 1 } }, { files });
    await server.client.invoke('impatient');
    const controller = new AbortController();
    const call = server.client.invoke('impatient', { event: { hang: true }, signal: controller.signal });
    const [before] = await containersOf('impatient');
    setTimeout(() => {
      controller.abort();
    }, 200);
    await expect(call).rejects.toThrow();
    expect((await server.client.invoke('impatient')).result).toBe(1);
    expect(await containersOf('impatient')).not.toContain(before);
  });
});

describe('run', () => {
  it('runs a handler once and leaves nothing behind', async () => {
    const kept = async (): Promise<string[]> => (await readdir(server.dataDirectory, { recursive: true })).sort();
    const before = await kept();
    const reply = await server.client.run({
      config,
      envelope: { version: 'v1', event: { n: 20 } },
      files: { 'main.mjs': 'export const handler = (event) => { console.log("once"); return event.n + 1 }' },
    });
    expect(reply).toMatchObject({
      result: 21,
      logs: 'once\n',
      error: null,
      invocation: { outcome: 'ok', function: 'run' },
    });
    expect(await kept()).toEqual(before);
    await until(async () => (await containersOf('run')).length === 0, 10_000, 'the container is gone');
  });

  it('checks the envelope before it starts anything', async () => {
    const run = server.client.run({ config, envelope: { version: 'v2' as 'v1' }, files: { 'main.mjs': 'x' } });
    await expect(run).rejects.toMatchObject({ status: 400, code: 'INVALID_ENVELOPE' });
  });
});
