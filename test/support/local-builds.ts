import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import type { BuildLimits } from '../../src/builds/build-limits.ts';
import { DockerfileBuilds, type DockerfileBuildsOptions } from '../../src/builds/dockerfile-builds.ts';
import type { Build, ImageRecipe } from '../../src/builds/image-build.ts';
import { DockerBuilds } from '../../src/engine/docker/docker-builds.ts';
import { docker, engine } from './containers.ts';
import { engineHost } from './server.ts';

const mebibyte = 1024 * 1024;

/** Bounds that an attack meets soon. */
export const tightLimits: BuildLimits = {
  timeoutMs: 60_000,
  memoryBytes: 128 * mebibyte,
  cpus: 0.5,
  processes: 64,
  diskBytes: 64 * mebibyte,
  imageBytes: 1024 * mebibyte,
  logBytes: 100_000,
  context: { maxBytes: 1_000_000, maxEntries: 100 },
  network: 'none',
  cgroupParent: '',
};

/** Builds on the machine's engine as a server of their own would make them. */
export interface LocalBuilds extends AsyncDisposable {
  readonly builds: DockerfileBuilds;
  readonly instanceId: string;
  /** Builds to the end. In the Dockerfile `BASE` stands for an image with a shell and Perl. */
  build(dockerfile: string, contextDirectory?: string): Promise<Build>;
  /** Orders without waiting. */
  order(dockerfile: string, contextDirectory?: string): Promise<Build>;
  /** Everything of this server's builds that is on the engine: containers, and images with a name or without. */
  left(): Promise<readonly string[]>;
  /** Removes all finished images, and asserts that nothing else is there either. */
  removeImages(): Promise<void>;
}

export async function openLocalBuilds(
  limits: Partial<BuildLimits> = {},
  options: Partial<DockerfileBuildsOptions> = {},
): Promise<LocalBuilds> {
  const instanceId = options.instanceId ?? randomUUID();
  const builds = new DockerfileBuilds({
    engine,
    buildEngine: new DockerBuilds({ host: engineHost }),
    architecture: process.arch === 'arm64' ? 'arm64' : 'amd64',
    limits: { ...tightLimits, ...limits },
    enabled: true,
    maxBuilds: 1,
    queueLength: 5,
    pulls: false,
    registries: [],
    clock: () => new Date(),
    onFailure: (message, error) => {
      throw new Error(message, { cause: error });
    },
    ...options,
    instanceId,
  });
  await builds.open();
  const base = await shellBase();
  const order = (dockerfile: string, contextDirectory?: string): Promise<Build> => {
    const recipe: ImageRecipe = {
      dockerfile: dockerfile.replaceAll('BASE', base),
      contextDirectory,
      contextHash: contextDirectory === undefined ? undefined : randomUUID(),
    };
    return builds.order(recipe);
  };
  const removeImages = async (): Promise<void> => {
    for (const image of await engine.listImages({ 'sraas.managed': 'image', 'sraas.instance': instanceId })) {
      await builds.removeImage(image.id);
    }
    expect(await leftOf(instanceId)).toEqual([]);
  };
  return {
    builds,
    instanceId,
    order,
    async build(dockerfile, contextDirectory) {
      const build = await order(dockerfile, contextDirectory);
      await build.ended;
      return build;
    },
    left: () => leftOf(instanceId),
    removeImages,
    async [Symbol.asyncDispose]() {
      await builds.close();
      await removeImages();
    },
  };
}

/** A small image of this machine's distribution, which the image of node24 is built on. */
export async function shellBase(): Promise<string> {
  const images = await engine.listImages({ 'sraas.base-of': 'debian' });
  const reference = images
    .flatMap(({ references }) => references)
    .find((name) => name.startsWith('sraas/base-debian:'));
  if (reference === undefined)
    throw new Error('There is no base image of Debian on the engine; run `npm run up` first');
  return reference;
}

async function leftOf(instanceId: string): Promise<readonly string[]> {
  const filters = { label: [`sraas.instance=${instanceId}`] };
  const containers = await docker.listContainers({ all: true, filters });
  const images = await docker.listImages({ all: true, filters: JSON.stringify(filters) });
  return [
    ...containers.map(({ Id, Labels }) => `container ${Id} ${JSON.stringify(Labels)}`),
    ...images.map(({ Id, RepoTags }) => `image ${Id} ${JSON.stringify(RepoTags)}`),
  ];
}
