import type { FunctionConfig, Isolation } from './function.ts';

/** A function's config as clients and stores see it, complete. */
export interface FunctionConfigWire {
  readonly runtime: string;
  /** Left out where the image is the program. */
  readonly handler?: string;
  /** Left out for `none`. */
  readonly dependencies?: 'install';
  readonly description: string;
  readonly env: Readonly<Record<string, string>>;
  readonly limits: LimitsWire;
  readonly network: 'none' | 'egress';
  readonly isolation: Isolation;
  readonly concurrency: ConcurrencyWire;
  readonly labels: Readonly<Record<string, string>>;
}

export interface LimitsWire {
  readonly cpus: number;
  readonly memory_mb: number;
  readonly pids: number;
  readonly timeout_ms: number;
  readonly tmp_mb: number;
  readonly result_bytes: number;
  readonly log_bytes: number;
}

export interface ConcurrencyWire {
  readonly max: number;
  readonly warm_min: number;
}

/** Members come in one fixed order and maps sorted by key: equal configs give equal JSON text. */
export function configToWire(config: FunctionConfig): FunctionConfigWire {
  const { limits, concurrency } = config;
  return {
    runtime: config.runtime,
    ...(config.handler === undefined ? {} : { handler: config.handler }),
    ...(config.dependencies === undefined ? {} : { dependencies: config.dependencies }),
    description: config.description,
    env: sortedByKey(config.env),
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
    labels: sortedByKey(config.labels),
  };
}

export function configFromWire(wire: FunctionConfigWire): FunctionConfig {
  const { limits, concurrency } = wire;
  return {
    runtime: wire.runtime,
    handler: wire.handler,
    ...(wire.dependencies === undefined ? {} : { dependencies: wire.dependencies }),
    description: wire.description,
    env: wire.env,
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
    labels: wire.labels,
  };
}

function sortedByKey(map: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  // Keys of an object are unique, so two are never equal.
  return Object.fromEntries(Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1)));
}
