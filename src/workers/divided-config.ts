import type { Config } from '../config/config.ts';

/** What the limits of a machine come to for each of the processes that serve it. */
export interface DividedConfig {
  readonly server: Config;
  /** By the number of the worker, from 1 on. */
  readonly worker: (number: number) => Config;
}

/**
 * Divides what the settings allow among the workers and the server, which has what is left over: so that all together have no
 * more. Starts at a time are at least one for each.
 * @param memoryMb what the memory limits of all sandboxes may add up to.
 */
export function dividedConfig(config: Config, memoryMb: number): DividedConfig {
  const { workers } = config;
  const partOf = (total: number): number => Math.floor(total / (workers + 1));
  const restOf = (total: number): number => total - workers * partOf(total);
  const part = (take: (total: number) => number) => ({
    maxSandboxes: take(config.maxSandboxes),
    maxSandboxMemoryMb: take(memoryMb),
    maxPrepared: take(config.maxPrepared),
    maxStarts: Math.max(1, take(config.maxStarts)),
    queueLength: take(config.queueLength),
    totalQueueLength: take(config.totalQueueLength),
  });
  // Each live container has a user id of its own, on the whole machine.
  const spareUids = config.lastUid - config.firstUid + 1 - config.maxSandboxes - config.maxPrepared;
  const workerUids = partOf(config.maxSandboxes) + partOf(config.maxPrepared) + partOf(spareUids);
  const firstOfServer = config.firstUid + workers * workerUids;
  return {
    server: { ...config, ...part(restOf), firstUid: firstOfServer },
    worker: (number) => {
      const firstUid = config.firstUid + (number - 1) * workerUids;
      return {
        ...config,
        ...part(partOf),
        firstUid,
        lastUid: firstUid + workerUids - 1,
        // What has a network runs at the server, which keeps the filter around it.
        allowEgress: false,
      };
    },
  };
}

/** How many calls of a function at a time each worker may run, of those that all together may; 0 leaves them all to the server. */
export function workerConcurrency(max: number, workers: number): number {
  return Math.floor((max - 1) / workers);
}

/** What is left of it for the server: at least one, since some calls run there whoever takes them. */
export function serverConcurrency(max: number, workers: number): number {
  return max - workers * workerConcurrency(max, workers);
}
