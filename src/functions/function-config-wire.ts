import type { AsyncPolicyDocument, CompleteConfigDocument } from '../wire/function-config.ts';
import { defaultAsyncPolicy, defaultHistory } from './function-policy.ts';
import type { AsyncPolicy, FunctionConfig } from './function.ts';

/** A config that an earlier release wrote, which lacks what has come since. */
export type StoredConfig = Omit<CompleteConfigDocument, 'secrets' | 'async' | 'history'> &
  Partial<Pick<CompleteConfigDocument, 'secrets' | 'async' | 'history'>>;

/** A config as clients and stores see it: members in one fixed order and maps sorted by key, so that equal configs give equal text. */
export function configToWire(config: FunctionConfig): CompleteConfigDocument {
  const { limits, concurrency } = config;
  return {
    runtime: config.runtime,
    ...(config.handler === undefined ? {} : { handler: config.handler }),
    ...(config.dependencies === undefined ? {} : { dependencies: config.dependencies }),
    description: config.description,
    env: sortedByKey(config.env),
    secrets: sortedByKey(config.secrets),
    limits: {
      cpus: limits.cpus,
      memory_mb: limits.memoryMb,
      pids: limits.pids,
      timeout_ms: limits.timeoutMs,
      tmp_mb: limits.tmpMb,
      result_bytes: limits.resultBytes,
      log_bytes: limits.logBytes,
    },
    network: config.network,
    isolation: config.isolation,
    concurrency: { max: concurrency.max, warm_min: concurrency.warmMin },
    async: asyncToWire(config.async),
    history: config.history,
    labels: sortedByKey(config.labels),
  };
}

export function configFromWire(wire: StoredConfig): FunctionConfig {
  const { limits, concurrency } = wire;
  return {
    runtime: wire.runtime,
    handler: wire.handler,
    ...(wire.dependencies === undefined ? {} : { dependencies: wire.dependencies }),
    description: wire.description,
    env: wire.env,
    secrets: wire.secrets ?? {},
    limits: {
      cpus: limits.cpus,
      memoryMb: limits.memory_mb,
      pids: limits.pids,
      timeoutMs: limits.timeout_ms,
      tmpMb: limits.tmp_mb,
      resultBytes: limits.result_bytes,
      logBytes: limits.log_bytes,
    },
    network: wire.network,
    isolation: wire.isolation,
    concurrency: { max: concurrency.max, warmMin: concurrency.warm_min },
    async: wire.async === undefined ? defaultAsyncPolicy : asyncFromWire(wire.async),
    history: wire.history ?? defaultHistory,
    labels: wire.labels,
  };
}

export function asyncToWire(policy: AsyncPolicy): AsyncPolicyDocument {
  return {
    max_attempts: policy.maxAttempts,
    first_delay_ms: policy.firstDelayMs,
    max_age_ms: policy.maxAgeMs,
    ...(policy.webhookUrl === undefined ? {} : { webhook_url: policy.webhookUrl }),
    ...(policy.webhookSecret === undefined ? {} : { webhook_secret: policy.webhookSecret }),
  };
}

function asyncFromWire(wire: AsyncPolicyDocument): AsyncPolicy {
  return {
    maxAttempts: wire.max_attempts,
    firstDelayMs: wire.first_delay_ms,
    maxAgeMs: wire.max_age_ms,
    ...(wire.webhook_url === undefined ? {} : { webhookUrl: wire.webhook_url }),
    ...(wire.webhook_secret === undefined ? {} : { webhookSecret: wire.webhook_secret }),
  };
}

function sortedByKey(map: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  // Keys of an object are unique, so two are never equal.
  return Object.fromEntries(Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1)));
}
