import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { DatabaseSync } from '@photostructure/sqlite';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { patience } from '../support/patience.ts';
import { codeOf, sendRaw } from '../support/raw-http.ts';
import { startServer } from '../support/server.ts';
import { spawnServer, type ServerProcess } from '../support/server-process.ts';

const config = { runtime: 'node24', handler: 'main.handler' };
const echo = { 'main.mjs': 'export const handler = (event) => event' };
const waits = {
  'main.mjs': `export const handler = async ({ ms }) => {
    await new Promise((resolve) => setTimeout(resolve, ms));
    return 'waited';
  }`,
};

async function spawned(): Promise<{ server: ServerProcess; directory: string }> {
  const directory = await mkdtemp(join(tmpdir(), 'sraas-faults-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  const server = await spawnServer(directory);
  onTestFinished(() => server[Symbol.asyncDispose]());
  return { server, directory };
}

it('FT-23 while another program locks the database, changes are refused, all else goes on, and nothing is half done', async () => {
  const { server, directory } = await spawned();
  await server.client.deploy('before', config, { files: echo });
  await server.client.invoke('before');
  const other = new DatabaseSync(join(directory, 'sraas.db'), { timeout: 0 });
  onTestFinished(() => {
    other.close();
  });
  other.exec('begin immediate');

  const document = JSON.stringify({ ...config, files: echo });
  const deployed = sendRaw(
    server.url,
    [
      'PUT /functions/during HTTP/1.1',
      'Host: localhost',
      'Content-Type: application/json',
      `Content-Length: ${document.length}`,
    ],
    document,
  );
  for (let round = 0; round < 10; round += 1) {
    const begun = performance.now();
    expect((await server.client.health()).status).toBe('ok');
    expect((await server.client.invoke('before', { event: round })).result).toBe(round);
    expect(performance.now() - begun).toBeLessThan(4000);
  }
  const [reply] = await deployed;
  expect(reply && [reply.status, codeOf(reply)]).toEqual([503, 'STORE_UNAVAILABLE']);
  expect(reply?.body).not.toMatch(/sqlite|locked|\.ts|\/tmp|begin/i);

  other.exec('rollback');
  expect(await server.client.deploy('during', config, { files: echo })).toMatchObject({
    outcome: 'created',
    version: 1,
  });
  expect((await server.client.invoke('during', { event: 'after' })).result).toBe('after');
});

it('FT-22 AP-58 a server without file descriptors stays, says no more than that it cannot, and recovers', async () => {
  const { server } = await spawned();
  await server.client.deploy('echo', config, { files: echo });
  expect((await server.client.invoke('echo', { event: 1 })).result).toBe(1);
  const pid = String(server.child.pid);
  const limit = async (soft: number): Promise<void> => {
    await promisify(execFile)('prlimit', ['--pid', pid, `--nofile=${soft}:`]);
  };
  const open = (await readdir(`/proc/${pid}/fd`)).length;
  await limit(open + 2);
  const document = JSON.stringify({ ...config, files: { ...echo, 'a.mjs': '', 'b.mjs': '', 'c.mjs': '' } });
  const replies = await Promise.allSettled(
    Array.from({ length: 12 }, (_, index) =>
      fetch(`${server.url}/functions/short-${index}`, {
        method: 'PUT',
        headers: { 'content-type': 'application/json' },
        body: document,
        signal: AbortSignal.timeout(5000),
      }).then(async (response) => ({ status: response.status, text: await response.text() })),
    ),
  );
  for (const reply of replies) {
    if (reply.status === 'fulfilled' && reply.value.status >= 400) {
      expect(reply.value.status).toBeGreaterThanOrEqual(500);
      expect(reply.value.text).not.toMatch(/EMFILE|node_modules|\.ts|\/tmp/);
    }
  }
  expect(server.child.exitCode).toBeNull();
  await limit(1024);
  await expect
    .poll(async () => server.client.invoke('echo', { event: 2 }).then(({ result }) => result, String), {
      timeout: 20_000,
    })
    .toBe(2);
  expect((await server.client.deploy('later', config, { files: echo })).version).toBe(1);
});

describe('FT-31 a clock that jumps', () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  it.each([
    ['an hour ahead', 3_600_000],
    ['an hour back', -3_600_000],
    ['a second back', -1000],
  ])('%s neither ends calls nor keeps them alive, and times stay true', async (_title, jumpMs) => {
    await using server = await startServer();
    const short = { ...config, limits: { timeout_ms: 2000 } };
    await server.client.deploy('waits', short, { files: waits });
    await server.client.invoke('waits', { event: { ms: 0 } });
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() });

    const call = server.client.invoke('waits', { event: { ms: 800 } });
    await vi.waitFor(async () => {
      expect((await server.client.invocations.running())[0]?.state).toBe('running');
    }, patience);
    vi.setSystemTime(Date.now() + jumpMs);
    const reply = await call;
    expect(reply).toMatchObject({ result: 'waited', invocation: { outcome: 'ok' } });
    expect(reply.duration_ms).toBeGreaterThanOrEqual(750);
    expect(reply.duration_ms).toBeLessThan(2000);

    const begun = performance.now();
    const late = server.client.invoke('waits', { event: { ms: 60_000 } });
    await vi.waitFor(async () => {
      expect((await server.client.invocations.running())[0]?.state).toBe('running');
    }, patience);
    vi.setSystemTime(Date.now() - jumpMs);
    expect((await late).invocation.outcome).toBe('timeout');
    expect(performance.now() - begun).toBeGreaterThan(1500);
    expect(performance.now() - begun).toBeLessThan(20_000);
  });
});

it('FT-29 a sandbox that runs out of memory is told as that, whenever it happens', async () => {
  await using server = await startServer({ queueTimeoutMs: 60_000 });
  const grows = {
    'main.mjs': `export const handler = async ({ afterMs, piece, everyMs }) => {
      await new Promise((resolve) => setTimeout(resolve, afterMs));
      for (const kept = []; ; ) {
        kept.push(Buffer.alloc(piece, 1));
        if (everyMs !== null) await new Promise((resolve) => setTimeout(resolve, everyMs));
      }
    }`,
  };
  await server.client.deploy(
    'grows',
    { ...config, limits: { memory_mb: 64 }, concurrency: { max: 2 } },
    { files: grows },
  );
  const moments = [0, 3, 17, 45, 90, 150, 230, 310, 420, 550].map((afterMs, index) => ({
    afterMs,
    // At once, in small pieces, and with pauses in which the sandbox could answer.
    ...[
      { piece: 200_000_000, everyMs: null },
      { piece: 1_000_000, everyMs: null },
      { piece: 1_000_000, everyMs: 1 },
    ][index % 3],
  }));
  const outcomes = await Promise.all(
    moments.map(async (event) => (await server.client.invoke('grows', { event })).invocation.outcome),
  );
  expect(outcomes).toEqual(moments.map(() => 'out_of_memory'));
});
