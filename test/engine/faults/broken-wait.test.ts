import { expect, it } from 'vitest';
import { DockerEngine } from '../../../src/engine/docker/docker-engine.ts';
import type { ContainerId } from '../../../src/engine/engine.ts';
import { startPrivateEngine } from '../../support/private-engine.ts';
import { startServer } from '../../support/server.ts';

it('tells who waits for a container at once that the engine went away', async () => {
  await using engine = await startPrivateEngine();
  await using server = await startServer({ engineHost: engine.engineHost, runDirectory: engine.runDirectory });
  const files = { 'main.mjs': 'export const handler = () => 1' };
  await server.client.deploy('waits', { runtime: 'node24', handler: 'main.handler' }, { files });
  await server.client.invoke('waits');
  const [container] = await engine.docker.listContainers();
  const waiting = new DockerEngine({ host: engine.engineHost })
    .wait(container?.Id as ContainerId, 40_000)
    .catch((error: unknown) => error);
  await engine.docker.ping();
  await engine.kill();
  expect(await waiting).toMatchObject({ code: 'unreachable' });
});
