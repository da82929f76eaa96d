import { execFile } from 'node:child_process';
import { copyFile, mkdtemp, readdir, rm, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { DatabaseSync } from '@photostructure/sqlite';
import { describe, expect, it } from 'vitest';
import { findInstallDirectory } from '../../src/installation.ts';
import { acceptAsync, deployHandler, postAsync, whenEnded } from '../support/async-calls.ts';
import { spawnServer, type ServerProcess } from '../support/server-process.ts';
import { failingDisk, smallDisk } from '../support/small-disk.ts';

const mebibyte = 1024 * 1024;
/** Marks that a small disk can have: deploys are refused below 16 MiB, async work below 8. */
const marks = ['--low-disk-mb', '16'];
const json = { 'content-type': 'application/json' };

const says = (name: string): string => `export const handler = () => '${name}'`;

type Told = readonly [status: number, code: string | undefined];

async function ask(server: ServerProcess, method: string, path: string, body?: object): Promise<Told> {
  const init = body === undefined ? {} : { headers: json, body: JSON.stringify(body) };
  const response = await fetch(server.url + path, { method, ...init });
  const text = await response.text();
  // What a client is told has neither paths nor words of others.
  if (response.ok) return [response.status, undefined];
  expect(text).not.toMatch(/sqlite|\bE[A-Z]{4,}\b|\/tmp|\.ts/);
  return [response.status, (JSON.parse(text) as { readonly code?: string }).code];
}

const deploy = (server: ServerProcess, name: string, source = says(name)): Promise<Told> =>
  ask(server, 'PUT', `/functions/${name}`, {
    runtime: 'node24',
    handler: 'main.handler',
    files: { 'main.mjs': source },
  });

const invoked = async (server: ServerProcess, name: string): Promise<unknown> =>
  (await server.client.invoke(name)).result;

async function readiness(server: ServerProcess): Promise<readonly [status: number, body: unknown]> {
  const response = await fetch(`${server.url}/readyz`);
  return [response.status, await response.json()];
}

/** Looks at a copy: what SQLite has open in this process would keep the disk from being unmounted. */
async function expectSound(directory: string): Promise<void> {
  const copy = await mkdtemp(join(tmpdir(), 'sraas-copy-'));
  try {
    for (const name of await readdir(directory))
      if (/^sraas\.db(-wal)?$/.test(name)) await copyFile(join(directory, name), join(copy, name));
    const database = new DatabaseSync(join(copy, 'sraas.db'));
    expect(database.prepare('pragma integrity_check').all()).toEqual([{ integrity_check: 'ok' }]);
    database.close();
  } finally {
    await rm(copy, { recursive: true });
  }
}

/** What a server says that does not start, and the code that it ends with. */
async function refusedStart(directory: string): Promise<readonly [code: unknown, sentence: string]> {
  const main = join(findInstallDirectory(import.meta.dirname), 'dist', 'src', 'main.js');
  const start = promisify(execFile)(process.execPath, [main, 'serve', '--port', '0', '--data-dir', directory]);
  const { code, stderr } = await start.then(
    () => ({ code: 0, stderr: '' }),
    (error: unknown) => error as { readonly code: unknown; readonly stderr: string },
  );
  return [code, stderr];
}

const full = [507, 'INSUFFICIENT_STORAGE'];
const done = [204, undefined];
const gone = [404, 'FUNCTION_NOT_FOUND'];

// A dozen starts of sandboxes and three of the server each: a busy machine takes its time.
describe('FT-20 a disk that fills up', { timeout: 120_000 }, () => {
  it('has deploys refused, then async work; calls, reads and removals go on to the last byte, over crashes and stops', async () => {
    await using disk = await smallDisk({ mebibytes: 64 });
    const directory = join(disk.directory, 'data');
    {
      await using server = await spawnServer(directory, marks);
      for (const name of ['warm', 'cold', 'removed', 'later'])
        expect(await deploy(server, name)).toEqual([201, undefined]);
      expect(await invoked(server, 'warm')).toBe('warm');
      expect((await ask(server, 'PUT', '/secrets/key', { value: 'v' }))[0]).toBe(201);
      expect((await ask(server, 'PUT', '/functions/warm/aliases/live', { version: 1 }))[0]).toBe(201);
      expect((await ask(server, 'PUT', '/functions/warm/schedules/yearly', { cron: '@yearly' }))[0]).toBe(201);
      await deployHandler(server.url, 'dying', 'export const handler = () => nothing', { async: { max_attempts: 1 } });
      expect(await whenEnded(server.url, await acceptAsync(server.url, 'dying', {}))).toMatchObject({ state: 'dead' });

      await disk.fill(12 * mebibyte);
      expect(await deploy(server, 'new')).toEqual(full);
      expect(await whenEnded(server.url, await acceptAsync(server.url, 'warm', {}))).toMatchObject({ result: 'warm' });
      await disk.fill(6 * mebibyte);
      expect((await postAsync(server.url, 'warm', {})).status).toBe(507);
      expect(await readiness(server)).toMatchObject([200, { disk: { writable: true, refused: ['deploys', 'async'] } }]);

      await disk.fill(0);
      expect((await statfs(directory)).bavail).toBe(0);
      for (const name of ['warm', 'cold', 'warm']) expect(await invoked(server, name)).toBe(name);
      for (const path of ['/functions', '/functions/warm', '/functions/warm/versions', '/functions/warm/invocations'])
        expect([path, ...(await ask(server, 'GET', path))]).toEqual([path, 200, undefined]);
      expect(await deploy(server, 'new')).toEqual(full);
      for (const path of ['/functions/warm/schedules/yearly', '/functions/warm/aliases/live', '/secrets/key'])
        expect([path, ...(await ask(server, 'DELETE', path))]).toEqual([path, ...done]);
      expect(await ask(server, 'DELETE', '/functions/removed')).toEqual(done);
      expect(await ask(server, 'DELETE', '/dead-letters')).toEqual([200, undefined]);
      expect(await ask(server, 'GET', '/functions/removed')).toEqual(gone);
      await disk.fill(0);
      await server.signal('SIGKILL');
    }
    for (const name of ['warm', 'cold']) {
      // The second start comes after a stop in order, which leaves less on the disk than a crash.
      await disk.fill(0);
      await using server = await spawnServer(directory, marks);
      expect(await invoked(server, name)).toBe(name);
      expect(await ask(server, 'GET', '/functions/removed')).toEqual(gone);
      expect(await deploy(server, 'new')).toEqual(full);
    }
    await disk.clear();
    {
      await using server = await spawnServer(directory, marks);
      expect(await deploy(server, 'new')).toEqual([201, undefined]);
      expect(await deploy(server, 'later', says('later, version 2'))).toEqual([200, undefined]);
      expect(await whenEnded(server.url, await acceptAsync(server.url, 'later', {}))).toMatchObject({
        result: 'later, version 2',
      });
      for (const name of ['warm', 'cold', 'new']) expect(await invoked(server, name)).toBe(name);
    }
    await expectSound(directory);
  });

  it('in the middle of deploys has each of them there whole, or not at all', async () => {
    await using disk = await smallDisk({ mebibytes: 40 });
    const directory = join(disk.directory, 'data');
    const deployed: string[] = [];
    const refused: Told[] = [];
    {
      await using server = await spawnServer(directory, ['--low-disk-mb', '0']);
      const deployUntilFull = async (by: number): Promise<void> => {
        for (let number = 0; refused.length < 6; number += 1) {
          const name = `f-${by}-${number}`;
          const told = await deploy(server, name, `${says(name)}\n// ${name.repeat(600_000)}`);
          if (told[0] === 201) deployed.push(name);
          else refused.push(told);
        }
      };
      await Promise.all([1, 2, 3].map(deployUntilFull));
      expect(refused.filter((told) => told.join() !== full.join())).toEqual([]);
      expect(deployed.length).toBeGreaterThan(3);
      expect(await readdir(join(directory, 'staging'))).toEqual([]);
      const [first = '', ...others] = deployed;
      expect(await ask(server, 'DELETE', `/functions/${first}`)).toEqual(done);
      for (const name of others) expect(await invoked(server, name)).toBe(name);
      const names: string[] = [];
      for await (const { name } of server.client.list()) names.push(name);
      expect(names.sort()).toEqual(others.sort());
    }
    await expectSound(directory);
  });
});

it('FT-22 without room for one more file deploys are refused before and after, all else goes on, and so does a start when there is room', async () => {
  await using disk = await smallDisk({ mebibytes: 64, files: 1200 });
  const directory = join(disk.directory, 'data');
  {
    await using server = await spawnServer(directory, marks);
    for (const name of ['warm', 'cold', 'removed']) expect(await deploy(server, name)).toEqual([201, undefined]);
    expect(await invoked(server, 'warm')).toBe('warm');
    await disk.fillFiles();
    expect(await readiness(server)).toMatchObject([200, { disk: { free_files: 0, refused: ['deploys'] } }]);
    expect(await deploy(server, 'new')).toEqual(full);
    for (const name of ['warm', 'cold']) expect(await invoked(server, name)).toBe(name);
    expect(await whenEnded(server.url, await acceptAsync(server.url, 'warm', {}))).toMatchObject({ result: 'warm' });
    expect(await ask(server, 'DELETE', '/functions/removed')).toEqual(done);
  }
  await disk.fillFiles();
  expect(await refusedStart(directory)).toEqual([3, expect.stringMatching(/\/data.*neither full nor/)]);
  await disk.clear();
  await using server = await spawnServer(directory, ['--low-disk-mb', '0']);
  expect(await deploy(server, 'new')).toEqual([201, undefined]);
  for (const name of ['warm', 'cold', 'new']) expect(await invoked(server, name)).toBe(name);
  expect(await ask(server, 'GET', '/functions/removed')).toEqual(gone);
});

it('FT-22 on a disk that has failed and is read-only now, calls and reads go on, changes and readiness are refused, and a start after the repair finds all of it', async () => {
  await using disk = await failingDisk(64);
  const directory = join(disk.directory, 'data');
  const unwritable = [503, 'STORE_UNAVAILABLE'];
  {
    await using server = await spawnServer(directory, marks);
    for (const name of ['warm', 'cold', 'kept']) expect(await deploy(server, name)).toEqual([201, undefined]);
    expect(await invoked(server, 'warm')).toBe('warm');
    await disk.fail();
    expect(await deploy(server, 'new')).toEqual(unwritable);
    expect(await ask(server, 'DELETE', '/functions/kept')).toEqual(unwritable);
    expect((await postAsync(server.url, 'warm', {})).status).toBe(503);
    for (const name of ['warm', 'cold', 'warm']) expect(await invoked(server, name)).toBe(name);
    expect(await ask(server, 'GET', '/functions')).toEqual([200, undefined]);
    expect(await ask(server, 'GET', '/functions/warm/invocations')).toEqual([200, undefined]);
    expect(await readiness(server)).toMatchObject([
      503,
      { status: 'read_only', disk: { writable: false, refused: ['deploys', 'async'] } },
    ]);
    expect((await server.client.health()).status).toBe('ok');
    expect(await server.signal('SIGTERM')).toEqual({ code: 0, signal: null });
  }
  expect(await refusedStart(directory)).toEqual([3, expect.stringMatching(/\/data.*read-only/)]);
  await disk.mend();
  {
    await using server = await spawnServer(directory, marks);
    for (const name of ['warm', 'cold', 'kept']) expect(await invoked(server, name)).toBe(name);
    expect(await deploy(server, 'new')).toEqual([201, undefined]);
    expect((await readiness(server))[0]).toBe(200);
  }
  await expectSound(directory);
});

it('FT-22 on a disk that answers everything with EIO a server stays, serves what is in memory, and finds all of it after the repair', async () => {
  await using disk = await failingDisk(64);
  const directory = join(disk.directory, 'data');
  const unavailable = [503, 'STORE_UNAVAILABLE'];
  {
    await using server = await spawnServer(directory, marks);
    for (const name of ['warm', 'cold']) expect(await deploy(server, name)).toEqual([201, undefined]);
    expect(await invoked(server, 'warm')).toBe('warm');
    await disk.cutOff();
    expect(await deploy(server, 'new')).toEqual(unavailable);
    expect(await ask(server, 'DELETE', '/functions/cold')).toEqual(unavailable);
    expect((await postAsync(server.url, 'warm', {})).status).toBe(503);
    expect(await invoked(server, 'warm')).toBe('warm');
    expect((await readiness(server))[0]).toBe(503);
    expect((await server.client.health()).status).toBe('ok');
    expect(await server.signal('SIGTERM')).toEqual({ code: 0, signal: null });
  }
  await disk.mend();
  {
    await using server = await spawnServer(directory, marks);
    for (const name of ['warm', 'cold']) expect(await invoked(server, name)).toBe(name);
    expect(await deploy(server, 'new')).toEqual([201, undefined]);
  }
  await expectSound(directory);
});
