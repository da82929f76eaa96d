import type Docker from 'dockerode';
import type { BuildOrder } from '../build.ts';

/** The engine counts processor time in parts of this period, in microseconds. */
const cpuPeriod = 100_000;

/**
 * Says a {@link BuildOrder} in the words of `POST /build`. Pure. What is not here is never sent: a remote context, build arguments,
 * cache sources, outputs, sessions, extra hosts, credentials of registries, a squashed result.
 *
 * Version 1 is the classic builder, which honours memory, CPU and control group; BuildKit ignores those of a request.
 */
export function buildQuery({ dockerfilePath, reference, limits, network }: BuildOrder): Docker.ImageBuildOptions {
  return {
    dockerfile: dockerfilePath,
    t: reference,
    version: '1',
    // An image in the cache may be somebody else's work.
    nocache: true,
    // Only that nothing newer is looked for: the rewritten Dockerfile names its bases by ids that the engine has.
    pull: false,
    rm: true,
    forcerm: true,
    networkmode: network,
    memory: limits.memoryBytes,
    // Together with swap: there is none beyond it.
    memswap: limits.memoryBytes,
    cpuperiod: cpuPeriod,
    cpuquota: Math.max(1000, Math.round(limits.cpus * cpuPeriod)),
    shmsize: limits.sharedMemoryBytes,
    ...(limits.cgroupParent === '' ? {} : { cgroupparent: limits.cgroupParent }),
    // A list would become several parameters, of which the engine reads none.
    ulimits: JSON.stringify([
      { Name: 'nofile', Soft: limits.openFiles, Hard: limits.openFiles },
      { Name: 'fsize', Soft: limits.fileBytes, Hard: limits.fileBytes },
      { Name: 'core', Soft: 0, Hard: 0 },
    ]),
  } as unknown as Docker.ImageBuildOptions;
}
