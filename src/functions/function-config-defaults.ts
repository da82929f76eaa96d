import type { CompleteConfigDocument, FunctionConfigDocument, LimitsDocument } from '../wire/function-config.ts';
import { asyncToWire } from './function-config-wire.ts';
import {
  defaultAsyncPolicy,
  defaultHistory,
  defaultLimits,
  defaultMaxConcurrency,
  type FunctionPolicy,
} from './function-policy.ts';

/**
 * Fills in what a valid document leaves out. A default above what the operator allows gives way to it, and the default
 * size of `/tmp` gives way to a smaller memory, so that nobody is refused for something they did not write.
 */
export function completeConfig(document: FunctionConfigDocument, policy: FunctionPolicy): CompleteConfigDocument {
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

function allowedLimits(policy: FunctionPolicy): LimitsDocument {
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
