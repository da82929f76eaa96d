import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { containersOf, until } from '../../support/containers.ts';
import { startPrivateEngine } from '../../support/private-engine.ts';
import { startServer } from '../../support/server.ts';

const files = { 'main.mjs': 'export const handler = () => 1' };
const config = { runtime: 'node24', handler: 'main.handler' };

it('removes its own leftovers on an engine that it shares, and nothing of another server', async () => {
  await using engine = await startPrivateEngine();
  const dataDirectory = await mkdtemp(join(tmpdir(), 'sraas-shared-'));
  const shared = { engineHost: engine.engineHost, runDirectory: engine.runDirectory };
  try {
    await using neighbour = await startServer(shared);
    await neighbour.client.deploy('theirs', config, { files });

    const crashing = await startServer({ ...shared, dataDirectory });
    await crashing.client.deploy('ours', config, { files });
    await crashing.client.invoke('ours');
    await engine.kill();
    await crashing.stop();
    await engine.start();
    expect(await containersOf('ours', engine.docker)).toHaveLength(1);
    await neighbour.client.invoke('theirs');
    const theirs = await containersOf('theirs', engine.docker);
    expect(theirs).toHaveLength(1);

    await using restarted = await startServer({ ...shared, dataDirectory });
    expect(await containersOf('ours', engine.docker)).toEqual([]);
    expect(await containersOf('theirs', engine.docker)).toEqual(theirs);
    expect((await neighbour.client.invoke('theirs')).invocation).toMatchObject({ outcome: 'ok', cold_start: false });
    await restarted.client.invoke('ours');
    await neighbour.stop();
    await until(async () => (await containersOf('theirs', engine.docker)).length === 0, 5000, 'the neighbour has left');
    expect(await containersOf('ours', engine.docker)).toHaveLength(1);
    expect((await restarted.client.invoke('ours')).invocation).toMatchObject({ outcome: 'ok', cold_start: false });
  } finally {
    await rm(dataDirectory, { recursive: true, force: true });
  }
});
