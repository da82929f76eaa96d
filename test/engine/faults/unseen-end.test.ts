import { expect, it } from 'vitest';
import { DockerEngine } from '../../../src/engine/docker/docker-engine.ts';
import type { ContainerId } from '../../../src/engine/engine.ts';
import { startPrivateEngine } from '../../support/private-engine.ts';

it('knows the ends that it has seen from those that it found when it was started', async () => {
  await using engine = await startPrivateEngine();
  const { docker, engineHost } = engine;
  const [image] = (await docker.listImages()).flatMap(({ RepoTags = [] }) => RepoTags);
  const started = async (script: string): Promise<ContainerId> => {
    const container = await docker.createContainer({
      Image: image,
      Entrypoint: ['sh', '-c', script],
      HostConfig: { NetworkMode: 'none' },
    });
    await container.start();
    return container.id as ContainerId;
  };
  const ended = async (id: ContainerId): Promise<readonly [number, boolean]> => {
    const adapter = new DockerEngine({ host: engineHost });
    const { exitCode } = await adapter.wait(id, 10_000);
    return [exitCode, await adapter.sawEnd(id)];
  };

  expect(await ended(await started('exit 255'))).toEqual([255, true]);
  const killed = await started('sleep 60');
  await docker.getContainer(killed).kill();
  expect(await ended(killed)).toEqual([137, true]);

  const lost = await started('sleep 60');
  await engine.kill();
  await engine.start();
  expect(await ended(lost)).toEqual([255, false]);

  const stopped = await started('sleep 60');
  await engine.stop();
  await engine.start();
  expect(await ended(stopped)).toEqual([137, false]);
}, 90_000);
