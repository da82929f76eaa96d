import type { Ending } from './ending.ts';
import type { ResourceUse } from './resource-account.ts';

/** Exit code of a process that SIGKILL ended, which is what the kernel's out-of-memory killer sends. */
export const killedExitCode = 137;

/**
 * The kernel kills for want of memory only what has used its whole limit and cannot give any back: that was the peak, though
 * its account may have gone before it could be read. Source: cgroup-v1/memory.txt, cgroup-v2.rst.
 */
export function withPeak(use: ResourceUse, ending: Ending, limitBytes: number): ResourceUse {
  const ranOut = ending.cause === 'died' && ending.exit?.outOfMemory === true;
  return ranOut ? { ...use, maxMemoryBytes: limitBytes } : use;
}
