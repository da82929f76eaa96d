import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { stockFolder } from '../../src/sandboxes/fifo-stock.ts';
import { containersOf, docker, until } from '../support/containers.ts';
import { spawnOnStore } from '../support/database-url.ts';
import type { ServerProcess } from '../support/server-process.ts';

let dataDirectory: string;
beforeEach(async () => {
  dataDirectory = await mkdtemp(join(tmpdir(), 'sraas-crash-'));
});
afterEach(() => rm(dataDirectory, { recursive: true, force: true }));

const config = { runtime: 'node24', handler: 'main.handler' } as const;
const sleeping = {
  files: {
    'main.mjs': 'export const handler = ({ ms }) => new Promise((resolve) => setTimeout(resolve, ms, "slept"))',
  },
};

async function instanceOf(functionName: string): Promise<string> {
  const [id = ''] = await containersOf(functionName);
  return (await docker.getContainer(id).inspect()).Config.Labels['sraas.instance'] ?? '';
}

async function deployAndHold(server: ServerProcess, name: string, calls: number): Promise<readonly Promise<unknown>[]> {
  await server.client.deploy(name, config, sleeping);
  const running = Array.from({ length: calls }, () =>
    server.client.invoke(name, { event: { ms: 5000 } }).catch((error: unknown) => error),
  );
  await until(async () => (await containersOf(name)).length === calls, 20_000, 'all calls run');
  return running;
}

describe('a server that is killed', () => {
  it('has its functions and no orphans when it starts again', async () => {
    const first = await spawnOnStore(dataDirectory);
    const running = await deployAndHold(first, 'survivor', 3);
    const before = await first.client.show('survivor');
    const runDirectory = join('/run/sraas', (await instanceOf('survivor')).slice(0, 12));
    await first.signal('SIGKILL');
    await Promise.all(running);
    expect((await containersOf('survivor')).length).toBe(3);

    await using second = await spawnOnStore(dataDirectory);
    await until(async () => (await containersOf('survivor')).length === 0, 30_000, 'no orphan is left');
    expect(await second.client.show('survivor')).toEqual(before);
    expect((await second.client.invoke('survivor', { event: { ms: 1 } })).result).toBe('slept');
    expect((await readdir(runDirectory)).filter((name) => name !== stockFolder)).toHaveLength(1);
  });

  it('leaves sandboxes that end by themselves', async () => {
    const server = await spawnOnStore(dataDirectory);
    const running = await deployAndHold(server, 'lonely', 2);
    const ids = await containersOf('lonely');
    await server.signal('SIGKILL');
    await Promise.all(running);
    const alive = async (): Promise<number> => {
      const states = await Promise.all(ids.map((id) => docker.getContainer(id).inspect()));
      return states.filter((state) => state.State.Running).length;
    };
    await until(async () => (await alive()) === 0, 10_000, 'the shims have noticed');
    await Promise.all(ids.map((id) => docker.getContainer(id).remove({ force: true })));
  });
});

describe('a server that is told to stop', () => {
  it('lets calls end, refuses new ones, removes its sandboxes and exits with 0', async () => {
    const server = await spawnOnStore(dataDirectory);
    await server.client.deploy('drained', config, sleeping);
    await server.client.invoke('drained', { event: { ms: 0 } });
    const running = server.client.invoke('drained', { event: { ms: 1500 } });
    await until(async () => (await containersOf('drained')).length === 1, 5000, 'it runs');
    // The request has to be under way before the signal: its sandbox is warm, so a moment of I/O is enough.
    await server.client.health();
    const ended = server.signal('SIGTERM');
    expect((await running).result).toBe('slept');
    expect(await ended).toEqual({ code: 0, signal: null });
    expect(await containersOf('drained')).toEqual([]);
  });

  it('cancels what runs longer than the drain limit', async () => {
    const server = await spawnOnStore(dataDirectory, ['--drain-timeout-ms', '300']);
    const [running] = await deployAndHold(server, 'stubborn', 1);
    // Its container exists; the call runs as soon as the handler is loaded, and is cancelled in either case.
    expect(await server.signal('SIGTERM')).toEqual({ code: 0, signal: null });
    expect(await running).toMatchObject({ code: 'DRAINING', status: 503 });
    expect(await containersOf('stubborn')).toEqual([]);
  });

  it('refuses a second server on the same data directory, with a sentence', async () => {
    await using _first = await spawnOnStore(dataDirectory);
    await expect(spawnOnStore(dataDirectory)).rejects.toThrow('ended before it listened');
  });
});
