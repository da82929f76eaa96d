import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { docker, until } from '../support/containers.ts';
import { startServer, type TestServer } from '../support/server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startServer({ preparedPerKind: 2, maxPrepared: 4 });
});
afterAll(() => server.stop());

const config = { runtime: 'node24', handler: 'main.handler' } as const;
const probe = { files: { 'main.mjs': 'export const handler = () => process.getuid()' } };

interface Waiting {
  readonly id: string;
  readonly uid: number;
  readonly memoryBytes: number;
}

/** Containers that wait for a function in Node, by the user id that a handler in one would tell. */
async function waiting(): Promise<readonly Waiting[]> {
  // One that was given out keeps its labels, and has code.
  const directory = join(server.dataDirectory, 'prepared');
  const folders: string[] = [];
  for (const folder of await readdir(directory)) {
    if ((await readdir(join(directory, folder)).catch(() => ['gone'])).length === 0) folders.push(folder);
  }
  const found = await docker.listContainers({ filters: { label: ['sraas.managed=sandbox', 'sraas.function='] } });
  const ours = found.filter((container) => folders.includes(container.Labels['sraas.sandbox'] ?? ''));
  // Programs have some in Python as well.
  const ofNode = ours.filter(({ Command: command }) => command.includes('node'));
  return Promise.all(
    ofNode.map(async ({ Id: id }) => {
      const { Config, HostConfig } = await docker.getContainer(id).inspect();
      return { id, uid: Number(Config.User.split(':')[0]), memoryBytes: HostConfig.Memory ?? 0 };
    }),
  );
}

async function prepared(count: number): Promise<readonly Waiting[]> {
  await until(async () => (await waiting()).length >= count, 20_000, `${count} containers are prepared`);
  return waiting();
}

describe('prepared sandboxes', () => {
  it('serve the first call of a function that is deployed after they were started', async () => {
    await server.client.deploy('first', config, probe);
    const before = await prepared(2);
    await server.client.deploy('second', config, probe);
    const { result, invocation } = await server.client.invoke('second');
    expect(before.map(({ uid }) => uid)).toContain(result);
    expect(invocation.cold_start).toBe(true);
  });

  it('are replaced in the background, and given out once', async () => {
    await server.client.deploy('fresh', { ...config, isolation: 'fresh' }, probe);
    const uids: unknown[] = [];
    for (let call = 0; call < 5; call++) {
      await prepared(1);
      uids.push((await server.client.invoke('fresh')).result);
    }
    expect(new Set(uids).size).toBe(5);
  });

  it('serve only functions of the same limits', async () => {
    await prepared(2);
    await server.client.deploy('larger', { ...config, limits: { memory_mb: 512 } }, probe);
    const { result } = await server.client.invoke('larger');
    const containers = await docker.listContainers({ filters: { label: ['sraas.managed=sandbox'] } });
    const mine = await Promise.all(containers.map(({ Id: id }) => docker.getContainer(id).inspect()));
    const used = mine.find((container) => container.Config.User === `${String(result)}:${String(result)}`);
    expect(used?.HostConfig.Memory).toBe(512 * 1024 * 1024);
  });

  it('hold code, environment and nothing else of their function, read-only', async () => {
    await prepared(1);
    const files = {
      'main.mjs': `import fs from 'node:fs'; import { word } from './lib/word.mjs';
        export const handler = () => {
          let written = 'yes'; try { fs.writeFileSync('/function/x', '') } catch (error) { written = error.code }
          let changed = 'yes'; try { fs.appendFileSync('/function/main.mjs', ' ') } catch (error) { changed = error.code }
          return { word, written, changed, token: process.env.TOKEN, tree: fs.readdirSync('/function', { recursive: true }).sort() };
        }`,
      'lib/word.mjs': 'export const word = "linked"',
    };
    await server.client.deploy('holding', { ...config, env: { TOKEN: 'mine' }, isolation: 'fresh' }, { files });
    expect((await server.client.invoke('holding')).result).toEqual({
      word: 'linked',
      written: 'EROFS',
      changed: 'EACCES',
      token: 'mine',
      tree: ['lib', 'lib/word.mjs', 'main.mjs'],
    });
  });

  it('a canary in globals, /tmp, environment, timers or the module cache is invisible to the next fresh call', async () => {
    const files = {
      'main.mjs': `import fs from 'node:fs'; import { box } from './box.mjs';
        export const handler = ({ plant }) => {
          const seen = [globalThis.canary, fs.existsSync('/tmp/canary'), process.env.CANARY, box.canary, process.listenerCount('canary')];
          if (plant) {
            globalThis.canary = 1; fs.writeFileSync('/tmp/canary', ''); process.env.CANARY = '1'; box.canary = 1;
            process.on('canary', () => {}); setInterval(() => console.log('canary'), 5);
          }
          return seen;
        }`,
      'box.mjs': 'export const box = {}',
    };
    await server.client.deploy('aviary', { ...config, isolation: 'fresh' }, { files });
    const nothing = [null, false, null, null, 0];
    for (let call = 0; call < 3; call++) {
      await prepared(1);
      // Its own timer may print while it is still answered.
      expect((await server.client.invoke('aviary', { event: { plant: true } })).result).toEqual(nothing);
      await prepared(1);
      const { result, logs } = await server.client.invoke('aviary', { event: { plant: false } });
      expect([result, logs]).toEqual([nothing, '']);
    }
  });

  it('one that dies while it waits is replaced, and no call meets it', async () => {
    const [victim] = await prepared(2);
    await docker.getContainer(victim?.id ?? '').remove({ force: true });
    await until(async () => !(await waiting()).some(({ id }) => id === victim?.id), 5000, 'it is gone');
    await prepared(2);
    await server.client.deploy('after', config, probe);
    expect((await server.client.invoke('after')).invocation.outcome).toBe('ok');
  });

  it('are never more than allowed, and the kinds used last are kept', async () => {
    for (const memory_mb of [128, 192, 320]) {
      await server.client.deploy(`kind-${memory_mb}`, { ...config, limits: { memory_mb } }, probe);
      await server.client.invoke(`kind-${memory_mb}`);
    }
    const newest = async (): Promise<boolean> =>
      (await waiting()).filter(({ memoryBytes }) => memoryBytes === 320 * 1024 * 1024).length === 2;
    await until(newest, 20_000, 'the newest kind is prepared');
    await until(async () => (await waiting()).length <= 4, 10_000, 'the others made room');
  });

  it('are all gone when the server has stopped', async () => {
    await prepared(1);
    const ids = (await waiting()).map(({ id }) => id);
    const directory = join(server.dataDirectory, 'prepared');
    const inspectAll = (): Promise<unknown[]> =>
      Promise.all(
        ids.map((id) =>
          docker
            .getContainer(id)
            .inspect()
            .catch(() => undefined),
        ),
      );
    await using another = await startServer({ preparedPerKind: 1 });
    await another.client.deploy('other', config, probe);
    await server.stop();
    expect(await inspectAll()).toEqual(ids.map(() => undefined));
    await expect(readdir(directory)).rejects.toMatchObject({ code: 'ENOENT' });
  });
});
