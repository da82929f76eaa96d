import { defaultLimits, type FunctionPolicy } from '../../../functions/function-policy.ts';

/** A runtime that handlers run on. */
interface OfferedRuntime {
  readonly name: string;
  readonly language: 'node' | 'python';
  readonly ready: boolean;
}

/** What the page offers, and within which bounds. */
export interface PageChoices {
  readonly runtimes: readonly OfferedRuntime[];
  readonly limits: PageLimits;
  readonly most: PageLimits;
  /** Whether the operator lets handlers have a network. */
  readonly network: boolean;
}

interface PageLimits {
  readonly cpus: number;
  readonly memory_mb: number;
  readonly pids: number;
  readonly timeout_ms: number;
}

/** The defaults are those of functions, as far as the operator allows them. */
export function pageChoices(runtimes: readonly OfferedRuntime[], policy: FunctionPolicy): PageChoices {
  const most = {
    cpus: policy.maxCpus,
    memory_mb: policy.maxMemoryMb,
    pids: policy.maxPids,
    timeout_ms: policy.maxTimeoutMs,
  };
  const { cpus, memoryMb, pids, timeoutMs } = defaultLimits;
  return {
    runtimes,
    limits: {
      cpus: Math.min(cpus, most.cpus),
      memory_mb: Math.min(memoryMb, most.memory_mb),
      pids: Math.min(pids, most.pids),
      timeout_ms: Math.min(timeoutMs, most.timeout_ms),
    },
    most,
    network: policy.egressAllowed,
  };
}
