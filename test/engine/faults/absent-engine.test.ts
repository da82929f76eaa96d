import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { containersOf, until } from '../../support/containers.ts';
import { startPrivateEngine } from '../../support/private-engine.ts';
import { startServer } from '../../support/server.ts';
import { callOnce } from './steady-callers.ts';

const files = { 'main.mjs': 'export const handler = () => 1' };
const config = { runtime: 'node24', handler: 'main.handler' };

it('starts without its engine, says so to callers, and serves and tidies up by itself when the engine comes', async () => {
  await using engine = await startPrivateEngine();
  const dataDirectory = await mkdtemp(join(tmpdir(), 'sraas-absent-'));
  const overrides = { engineHost: engine.engineHost, runDirectory: engine.runDirectory, dataDirectory };
  try {
    const first = await startServer(overrides);
    await first.client.deploy('early', config, { files });
    await first.client.invoke('early');
    const [leftover] = await containersOf('early', engine.docker);
    // It cannot remove its sandbox any more, just as if it had crashed.
    await engine.kill();
    await first.stop();

    await using second = await startServer(overrides);
    expect(await second.client.health()).toMatchObject({ status: 'ok' });
    expect(await callOnce(second.client, 'early')).toMatchObject({
      how: 'ENGINE_UNAVAILABLE',
      detail: expect.stringContaining('does not answer') as string,
    });
    await second.client.deploy('late', config, { files });
    expect(await callOnce(second.client, 'late')).toMatchObject({ how: 'ENGINE_UNAVAILABLE' });

    await engine.start();
    expect(await containersOf('early', engine.docker)).toEqual([leftover]);
    expect((await second.client.invoke('early')).result).toBe(1);
    expect((await second.client.invoke('late')).result).toBe(1);
    const gone = async (): Promise<boolean> => !(await containersOf('early', engine.docker)).includes(leftover ?? '');
    await until(gone, 35_000, 'what the first server left is removed');
    expect((await second.client.invoke('early')).invocation.cold_start).toBe(false);
    await second.stop();
    expect(await engine.docker.listContainers({ all: true })).toEqual([]);
    expect((await readdir(engine.runDirectory, { recursive: true })).filter((path) => path.includes('/'))).toEqual([]);
  } finally {
    await rm(dataDirectory, { recursive: true, force: true });
  }
});
