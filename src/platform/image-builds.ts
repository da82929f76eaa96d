import type { Config } from '../config/config.ts';
import { DockerfileBuilds } from '../builds/dockerfile-builds.ts';
import type { BuildLimits } from '../builds/build-limits.ts';
import { DockerBuilds } from '../engine/docker/docker-builds.ts';
import type { Engine } from '../engine/engine.ts';
import { commaSeparated } from './comma-separated.ts';
import type { Surroundings } from './surroundings.ts';

interface ImageBuildsParts {
  readonly engine: Engine;
  /** The engine's processor in its own words: `x86_64`. */
  readonly architecture: string;
  readonly instanceId: string;
}

const mebibyte = 1024 * 1024;

/** Makes the builds of this server, and removes what an earlier run of it left on the engine. They are closed by whoever opened them. */
export async function openImageBuilds(
  { config, logger, clock, onFailure }: Surroundings,
  { engine, architecture, instanceId }: ImageBuildsParts,
): Promise<DockerfileBuilds> {
  const builds = new DockerfileBuilds({
    engine,
    buildEngine: new DockerBuilds({ host: config.engineHost }),
    instanceId,
    architecture: imageArchitecture(architecture),
    limits: buildLimits(config),
    enabled: config.builds,
    maxBuilds: config.maxBuilds,
    queueLength: config.buildQueueLength,
    pulls: config.pullBases,
    registries: commaSeparated(config.baseRegistries),
    clock,
    onFailure,
  });
  try {
    const removed = await builds.open();
    if (removed > 0) logger.info('Removed what builds of an earlier run left behind', { removed });
  } catch (error) {
    // An engine that is away is no reason not to start; the end of the next build tries again.
    onFailure('What builds of an earlier run left behind could not be removed yet', error);
  }
  return builds;
}

function buildLimits(config: Config): BuildLimits {
  return {
    timeoutMs: config.buildTimeoutMs,
    memoryBytes: config.buildMemoryMb * mebibyte,
    cpus: config.buildCpus,
    processes: config.buildPids,
    diskBytes: config.buildDiskMb * mebibyte,
    imageBytes: config.maxImageMb * mebibyte,
    logBytes: config.buildLogBytes,
    context: { maxBytes: config.maxContextBytes, maxEntries: config.maxContextEntries },
    network: config.buildNetwork === 'none' ? 'none' : 'default',
    cgroupParent: config.cgroupParent,
  };
}

/** Images and `uname` have different words for a processor. */
function imageArchitecture(architecture: string): string {
  return { x86_64: 'amd64', aarch64: 'arm64' }[architecture] ?? architecture;
}
