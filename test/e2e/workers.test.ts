import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LiveLogEvent } from '../../src/wire/live-log.ts';
import { whenEnded } from '../support/async-calls.ts';
import { containersOn, until } from '../support/containers.ts';
import { readMetrics } from '../support/metric-text.ts';
import { newDatabase } from '../support/postgres/keeper.ts';
import { spawnServer, type ServerProcess } from '../support/server-process.ts';
import { callAlone, callsTogether, workerProcessesOf, workersOf } from '../support/worker-calls.ts';

const config = { runtime: 'node24', handler: 'main.handler' } as const;
const saying = (word: string) => ({ files: { 'main.mjs': `export const handler = () => '${word}';` } });
/** Says what it got, after the time that it was told to take. */
const echoing = {
  files: {
    'main.mjs': `export const handler = async ({ n, takesMs = 0 }) => {
      console.log('got', n);
      await new Promise((resolve) => setTimeout(resolve, takesMs));
      return n;
    };`,
  },
};
const numbers = (count: number): number[] => Array.from({ length: count }, (_none, index) => index);

describe.each([{ store: 'SQLite' }, { store: 'PostgreSQL' }])('two workers of a server on $store', ({ store }) => {
  let directory: string;
  let server: ServerProcess;
  let dropDatabase: () => Promise<void> = () => Promise.resolve();

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'sraas-workers-'));
    const flags = ['--workers', '2', '--drain-timeout-ms', '60000'];
    if (store === 'PostgreSQL') {
      const database = await newDatabase();
      dropDatabase = () => database.drop();
      flags.push('--database-url', database.url);
    }
    server = await spawnServer(directory, flags);
  });

  afterAll(async () => {
    await server[Symbol.asyncDispose]();
    await rm(directory, { recursive: true, force: true });
    await dropDatabase();
  });

  it('share the calls, and none of them meets what was before an acknowledged change', async () => {
    const { url, client } = server;
    await client.deploy('shared', config, saying('first'));
    for (let round = 0; round < 10; round += 1) {
      const answers = await callsTogether(20, url, 'shared');
      expect(new Set(answers.map(({ body }) => body.result))).toStrictEqual(new Set(['first']));
    }
    expect(new Set((await workersOf('shared')).values())).toStrictEqual(new Set(['1', '2']));
    await client.deploy('shared', config, saying('second'));
    const changed = await callsTogether(20, url, 'shared');
    expect(new Set(changed.map(({ body }) => body.result))).toStrictEqual(new Set(['second']));
    await client.remove('shared');
    const removed = await callsTogether(20, url, 'shared');
    expect(new Set(removed.map(({ status }) => status))).toStrictEqual(new Set([404]));
    await until(async () => (await workersOf('shared')).size === 0, 30_000, 'the sandboxes of both go');
  });

  it('tell of the calls of both in one scrape', async () => {
    const { url, client } = server;
    const count = async (): Promise<number> => {
      const samples = readMetrics(await (await fetch(`${url}/metrics`)).text());
      expect(samples.get('sraas_processes')).toBe(3);
      return samples.get('sraas_invocations_total{mode="sync",outcome="handler_error",code=""}') ?? 0;
    };
    const code = { files: { 'main.mjs': 'export const handler = () => { throw new Error("counted"); };' } };
    await client.deploy('counted', config, code);
    const before = await count();
    await callsTogether(20, url, 'counted');
    expect(new Set((await workersOf('counted')).values())).toStrictEqual(new Set(['1', '2']));
    expect(await count()).toBe(before + 20);
    await client.remove('counted');
  });

  it('give all calls the value that a secret has now', async () => {
    const { url, client } = server;
    await client.secrets.set('word', 'old');
    const code = { files: { 'main.mjs': 'export const handler = () => process.env.WORD;' } };
    await client.deploy('secretive', { ...config, secrets: { WORD: 'word' } }, code);
    const before = await callsTogether(8, url, 'secretive');
    expect(new Set(before.map(({ body }) => body.result))).toStrictEqual(new Set(['old']));
    await client.secrets.set('word', 'new');
    const after = await callsTogether(8, url, 'secretive');
    expect(new Set(after.map(({ body }) => body.result))).toStrictEqual(new Set(['new']));
  });

  it('are listed, cancelled and remembered as one server’s, whichever runs a call', async () => {
    const { url, client } = server;
    await client.deploy('slow', config, echoing);
    const calls = callsTogether(6, url, 'slow', (n) => ({ n, takesMs: 20_000 }));
    await until(async () => (await client.invocations.running()).length === 6, 30_000, 'all are listed');
    const ids = (await client.invocations.running()).map(({ id }) => id);
    expect(ids).toStrictEqual([...ids].sort());
    expect((await client.invocations.show(ids[0] ?? '')).state).toBe('running');
    await Promise.all(ids.map((id) => client.invocations.cancel(id)));
    expect((await calls).map(({ body }) => body.code)).toStrictEqual(numbers(6).map(() => 'INVOCATION_CANCELLED'));
    expect(await client.invocations.running()).toStrictEqual([]);
    const shown = await Promise.all(ids.map((id) => client.invocations.show(id)));
    expect(shown.map(({ state }) => state)).toStrictEqual(numbers(6).map(() => 'cancelled'));
  });

  it('tell whoever follows a function of every call', async () => {
    const { url, client } = server;
    await client.deploy('followed', config, echoing);
    const events = client.followLogs('followed');
    expect((await events.next()).value).toStrictEqual({ event: 'following' });
    const called = callsTogether(8, url, 'followed', (n) => ({ n }));
    const told: LiveLogEvent[] = [];
    while (told.filter(({ event }) => event === 'end').length < 8) {
      const { value } = await events.next();
      if (value === undefined) throw new Error('The events ended too early');
      told.push(value);
    }
    await called;
    await events.return();
    const texts = told.flatMap((event) => (event.event === 'log' ? [event.text.trim()] : []));
    expect(texts.sort()).toStrictEqual(numbers(8).map((n) => `got ${n}`));
    expect(told.filter(({ event }) => event === 'begin')).toHaveLength(8);
  });

  it('carry out a request with an idempotency key once, and async work once', async () => {
    const { url, client } = server;
    await client.deploy('once', config, echoing);
    const headers = { 'Idempotency-Key': 'the-same-key' };
    const keyed = await Promise.all(numbers(8).map(() => callAlone(url, 'once', { n: 1, takesMs: 100 }, { headers })));
    expect(keyed.filter(({ status, replayed }) => status === 200 && !replayed)).toHaveLength(1);
    expect(keyed.filter(({ status }) => status !== 200).every(({ status }) => status === 409)).toBe(true);
    expect((await callAlone(url, 'once', { n: 1, takesMs: 100 }, { headers })).replayed).toBe(true);
    const accepted = await Promise.all(numbers(10).map((n) => callAlone(url, 'once', { n }, { query: '?mode=async' })));
    const ended = await Promise.all(accepted.map(({ body }) => whenEnded(url, body.id ?? '')));
    expect(ended.map(({ state, attempt }) => [state, attempt])).toStrictEqual(numbers(10).map(() => ['succeeded', 1]));
    const modes: string[] = [];
    for await (const { mode } of client.invocations.list('once')) modes.push(mode);
    expect(modes.sort()).toStrictEqual([...numbers(10).map(() => 'async'), 'sync']);
  });

  it('run no more of a function at a time than it allows', async () => {
    const { url, client } = server;
    await client.deploy('single', { ...config, concurrency: { max: 1 } }, echoing);
    const answers = await callsTogether(6, url, 'single', (n) => ({ n, takesMs: 20 }));
    expect(answers.map(({ body }) => body.result)).toStrictEqual(numbers(6));
    expect([...(await workersOf('single')).values()]).toStrictEqual(['']);
  });

  it('are replaced when one is killed, while the other serves on', async () => {
    const { url, client, child } = server;
    const pid = child.pid ?? 0;
    await client.deploy('robust', config, echoing);
    const servesToo = async (): Promise<boolean> => {
      await callsTogether(8, url, 'robust', (n) => ({ n }));
      return [...(await workersOf('robust')).values()].includes('1');
    };
    await until(servesToo, 30_000, 'the first worker has served');
    const before = workerProcessesOf(pid);
    expect(before).toHaveLength(2);
    const [first = 0] = before;
    const left = [...(await workersOf('robust'))].filter(([, worker]) => worker === '1').map(([id]) => id);
    expect(left).not.toStrictEqual([]);
    process.kill(first, 'SIGKILL');
    const calls: Promise<number | 'reset'>[] = [];
    for (const end = performance.now() + 60; performance.now() < end;) {
      const call = callAlone(url, 'robust', { n: 1 });
      calls.push(
        call.then(
          ({ status }) => status,
          () => 'reset' as const,
        ),
      );
      await new Promise((resolve) => setImmediate(resolve));
    }
    // None waits for ever. The one that was on its way to the dead worker is reset, and no other.
    const answers = await Promise.all(calls);
    expect(new Set(answers.filter((answer) => answer !== 'reset'))).toStrictEqual(new Set([200]));
    expect(answers.filter((answer) => answer === 'reset').length).toBeLessThanOrEqual(2);
    await until(() => !workerProcessesOf(pid).includes(first), 30_000, 'it is dead');
    await until(() => workerProcessesOf(pid).length === 2, 30_000, 'another takes its place');
    const goesOn = async (): Promise<boolean> => {
      await callsTogether(6, url, 'robust', (n) => ({ n }));
      const sandboxes = await workersOf('robust');
      return left.every((id) => !sandboxes.has(id)) && [...sandboxes.values()].includes('1');
    };
    await until(goesOn, 30_000, 'its sandboxes go, and the new one serves with others');
  });

  it('let calls end when the server is told to stop, and go with it', async () => {
    const { url, client, child } = server;
    await client.deploy('last', config, echoing);
    const calls = callsTogether(6, url, 'last', (n) => ({ n, takesMs: 3000 }));
    await until(async () => (await client.invocations.running()).length === 6, 30_000, 'all have begun');
    const workers = workerProcessesOf(child.pid ?? 0);
    expect(await server.signal('SIGTERM')).toStrictEqual({ code: 0, signal: null });
    expect((await calls).map(({ body }) => body.result)).toStrictEqual(numbers(6));
    expect(workers.filter((pid) => isAlive(pid))).toStrictEqual([]);
    expect(await containersOn(directory)).toStrictEqual([]);
  });
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
