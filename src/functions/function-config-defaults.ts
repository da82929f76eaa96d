import {
  asyncToWire,
  type AsyncPolicyWire,
  type ConcurrencyWire,
  type FunctionConfigWire,
  type LimitsWire,
} from './function-config-wire.ts';
import {
  defaultAsyncPolicy,
  defaultHistory,
  defaultLimits,
  defaultMaxConcurrency,
  type FunctionPolicy,
} from './function-policy.ts';

/** A config as a client may write it: what is optional may be left out. */
export interface FunctionConfigDocument extends Partial<
  Omit<FunctionConfigWire, 'limits' | 'concurrency' | 'async' | 'dependencies'>
> {
  readonly runtime: string;
  readonly dependencies?: 'none' | 'install';
  readonly limits?: Partial<LimitsWire>;
  readonly concurrency?: Partial<ConcurrencyWire>;
  readonly async?: Partial<AsyncPolicyWire>;
}

/**
 * Fills in what a valid document leaves out. A default above what the operator allows gives way to it, and the default
 * size of `/tmp` gives way to a smaller memory, so that nobody is refused for something they did not write.
 */
export function completeConfig(document: FunctionConfigDocument, policy: FunctionPolicy): FunctionConfigWire {
  const limits = { ...allowedLimits(policy), ...document.limits };
  const max = document.concurrency?.max ?? Math.min(defaultMaxConcurrency, policy.maxConcurrency);
  return {
    runtime: document.runtime,
    ...(document.handler === undefined ? {} : { handler: document.handler }),
    ...(document.dependencies === 'install' ? { dependencies: document.dependencies } : {}),
    description: document.description ?? '',
    env: document.env ?? {},
    secrets: document.secrets ?? {},
    limits: { ...limits, tmp_mb: document.limits?.tmp_mb ?? Math.min(limits.tmp_mb, limits.memory_mb) },
    network: document.network ?? 'none',
    isolation: document.isolation ?? (policy.reuseAllowed ? 'warm' : 'fresh'),
    concurrency: { max, warm_min: document.concurrency?.warm_min ?? 0 },
    async: { ...asyncToWire(defaultAsyncPolicy), ...document.async },
    history: document.history ?? defaultHistory,
    labels: document.labels ?? {},
  };
}

function allowedLimits(policy: FunctionPolicy): LimitsWire {
  return {
    cpus: Math.min(defaultLimits.cpus, policy.maxCpus),
    memory_mb: Math.min(defaultLimits.memoryMb, policy.maxMemoryMb),
    pids: Math.min(defaultLimits.pids, policy.maxPids),
    timeout_ms: Math.min(defaultLimits.timeoutMs, policy.maxTimeoutMs),
    tmp_mb: Math.min(defaultLimits.tmpMb, policy.maxTmpMb),
    result_bytes: Math.min(defaultLimits.resultBytes, policy.maxResultBytes),
    log_bytes: Math.min(defaultLimits.logBytes, policy.maxLogBytes),
  };
}
