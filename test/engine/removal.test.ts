// What a sandbox takes up is given to the next one as soon as its container has been removed: not before.
import { expect, it } from 'vitest';
import type { ContainerId } from '../../src/engine/engine.ts';
import { docker, engine } from '../support/containers.ts';

it('is over for everybody who asked for it only when the container has gone', async () => {
  const [image] = await docker.listImages({ filters: { label: ['sraas.runtime=node24'] } });
  const container = await docker.createContainer({
    Image: image?.Id ?? '',
    Entrypoint: ['/usr/local/bin/node', '--eval', 'setInterval(() => undefined, 1000)'],
    HostConfig: { NetworkMode: 'none' },
  });
  await container.start();
  const id = container.id as ContainerId;
  const statuses = await Promise.all(
    Array.from({ length: 4 }, async () => {
      await engine.remove(id);
      const found = await docker.listContainers({ all: true, filters: { id: [id] } });
      return found.map(({ Status }) => Status);
    }),
  );
  expect(statuses).toEqual([[], [], [], []]);
});
