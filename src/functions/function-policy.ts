import type { AsyncPolicy, KeptHistory, Limits } from './function.ts';

/** What the operator allows functions to ask for. A function's config beyond it is refused when it is deployed. */
export interface FunctionPolicy {
  /** Processor cores. An engine refuses a container more cores than its machine has, so this should not exceed them. */
  readonly maxCpus: number;
  /** MiB. */
  readonly maxMemoryMb: number;
  readonly maxPids: number;
  readonly maxTimeoutMs: number;
  /** MiB. */
  readonly maxTmpMb: number;
  readonly maxResultBytes: number;
  readonly maxLogBytes: number;
  /** Most sandboxes of one version. */
  readonly maxConcurrency: number;
  /** WEAKENS: lets functions ask for a network that leads to public addresses. For operators whose functions need it. */
  readonly egressAllowed: boolean;
  /** Whether a sandbox may serve more than one invocation: false makes every function `fresh`. */
  readonly reuseAllowed: boolean;
}

/** What holds where the operator says nothing. */
export const defaultFunctionPolicy: FunctionPolicy = {
  maxCpus: 4,
  maxMemoryMb: 4096,
  maxPids: 1024,
  maxTimeoutMs: 900_000,
  maxTmpMb: 1024,
  maxResultBytes: 50_000_000,
  maxLogBytes: 10_000_000,
  maxConcurrency: 100,
  egressAllowed: false,
  reuseAllowed: true,
};

/** The limits of a function that names none, under a policy that allows them. */
export const defaultLimits: Limits = {
  cpus: 0.5,
  memoryMb: 256,
  pids: 64,
  timeoutMs: 10_000,
  tmpMb: 64,
  resultBytes: 6_000_000,
  logBytes: 1_000_000,
};

export const defaultMaxConcurrency = 10;

export const defaultAsyncPolicy: AsyncPolicy = { maxAttempts: 3, firstDelayMs: 1000, maxAgeMs: 21_600_000 };

export const defaultHistory: KeptHistory = 'failures';
