import { availableParallelism, totalmem } from 'node:os';
import type { Config } from '../config/config.ts';
import type { FunctionPolicy } from '../functions/function-policy.ts';

/** What the settings allow functions to ask for, on this machine. */
export function operatorPolicy(config: Config): FunctionPolicy {
  // What asks for more than there is would wait for ever, or be refused by the engine when it is called.
  const maxMemoryMb = Math.min(config.maxMemoryMb, sandboxMemoryMb(config));
  const maxCpus = Math.min(config.maxCpus, availableParallelism());
  return {
    ...config,
    maxMemoryMb,
    maxCpus,
    egressAllowed: config.allowEgress,
    reuseAllowed: config.profile !== 'strict',
  };
}

/** Most memory that the limits of all sandboxes may add up to, in MiB. */
export function sandboxMemoryMb({ maxSandboxMemoryMb }: Config): number {
  return maxSandboxMemoryMb > 0 ? maxSandboxMemoryMb : Math.floor((totalmem() * 0.75) / (1024 * 1024));
}
