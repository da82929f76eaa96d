import { versionsOf } from '../functions/alias.ts';
import type { FunctionCatalog } from '../functions/catalog.ts';
import type { FunctionVersion } from '../functions/function.ts';
import { parseReference } from '../functions/reference.ts';
import { builtInRuntimes } from '../runtimes/runtime.ts';
import { workerConcurrency } from './divided-config.ts';

interface WorkerLimits {
  /** The worker's part of all sandboxes' memory. */
  readonly maxSandboxMemoryMb: number;
  readonly workers: number;
}

/** Whether workers run a version: a handler on a runtime that every server has, without a network, within a worker's part of all limits. */
export function isServedByWorkers(version: FunctionVersion, { maxSandboxMemoryMb, workers }: WorkerLimits): boolean {
  const { entry, imageKey, config } = version;
  const { runtime, network, limits, concurrency } = config;
  return (
    entry !== undefined &&
    imageKey === undefined &&
    builtInRuntimes.some(({ name }) => name === runtime) &&
    network === 'none' &&
    limits.memoryMb <= maxSandboxMemoryMb &&
    workerConcurrency(concurrency.max, workers) > 0
  );
}

/**
 * Whether all that a reference may lead to now is served. What cannot be said now is the server's to say: that there is no such
 * function, for example. Never rejects.
 */
export async function isServedAll(
  catalog: Pick<FunctionCatalog, 'resolve' | 'alias'>,
  text: string,
  isServed: (version: FunctionVersion) => boolean,
): Promise<boolean> {
  try {
    const reference = parseReference(text);
    if (reference.alias === undefined) return isServed(await catalog.resolve(reference));
    const { target } = await catalog.alias(reference.name, reference.alias);
    // Whichever of the two gets this call.
    for (const version of versionsOf(target)) {
      if (!isServed(await catalog.resolve({ name: reference.name, version }))) return false;
    }
    return true;
  } catch {
    return false;
  }
}
