import type { DiskSpace } from '../artifacts/disk-space.ts';
import type { DeadLetterStore } from '../async/dead-letter-store.ts';
import type { WorkStore } from '../async/work-store.ts';
import type { Config } from '../config/config.ts';
import type { Engine } from '../engine/engine.ts';
import { SraasError, type ErrorCode } from '../errors.ts';
import { productVersion } from '../installation.ts';
import type { EndedInvocation } from '../invocations/ended-invocation.ts';
import type { InFlight } from '../invocations/in-flight.ts';
import type { Invoker } from '../invocations/invoker.ts';
import type { CallMode } from '../metrics/call-meter.ts';
import { meteredInvoker, meterEnded } from '../metrics/metered.ts';
import type { Metrics, MetricsText } from '../metrics/metrics.ts';
import { readCounter, readGauge, readGaugeBy } from '../metrics/readings.ts';
import type { Pools } from '../sandboxes/pools.ts';
import type { Workers } from '../workers/workers.ts';
import { explain } from './explain.ts';
import type { Recording } from './history.ts';
import type { Surroundings } from './surroundings.ts';

interface SharedParts {
  readonly config: Pick<Config, 'maxSandboxes'>;
  readonly pools: Pick<Pools, 'census'>;
  readonly inFlight: Pick<InFlight, 'list'>;
  readonly recording: Pick<Recording, 'writer' | 'droppedCount'>;
}

interface ServerParts extends Omit<SharedParts, 'config'> {
  readonly engine: Pick<Engine, 'knock'>;
  readonly diskSpace: Pick<DiskSpace, 'look'>;
  readonly store: {
    readonly work: Pick<WorkStore, 'countWaiting'>;
    readonly deadLetters: Pick<DeadLetterStore, 'countDead'>;
  };
  /** Undefined where one process runs all. */
  readonly workers: Pick<Workers, 'metrics'> | undefined;
}

/** Declares what there is in a server and in each of its workers. */
export function declareShared({ registry }: Metrics, { config, pools, inFlight, recording }: SharedParts): void {
  readGaugeBy(registry, {
    name: 'sraas_sandboxes',
    help: 'Containers of sandboxes, by what they are at',
    label: 'state',
    read: () => pools.census(),
  });
  readGauge(registry, {
    name: 'sraas_sandboxes_limit',
    help: 'Most sandboxes at a time, prepared ones not counted',
    read: () => config.maxSandboxes,
  });
  readGaugeBy(registry, {
    name: 'sraas_invocations_in_flight',
    help: 'Calls that wait for a sandbox, or run in one',
    label: 'state',
    read: () => {
      const all = inFlight.list();
      const running = all.filter(({ state }) => state === 'running').length;
      return { waiting: all.length - running, running };
    },
  });
  readGauge(registry, {
    name: 'sraas_history_unwritten_records',
    help: 'Calls that ended and are not in the history yet',
    read: () => recording.writer.waitingCount,
  });
  readCounter(registry, {
    name: 'sraas_history_dropped_records_total',
    help: 'Calls that were left out of the history, as more came than could be written',
    read: () => recording.droppedCount(),
  });
}

/** Declares what there is once in a server, and makes what answers its scrapes, for all of its processes. */
export function openMetrics(
  { config, installDirectory }: Surroundings,
  { metrics, engine, diskSpace, store, workers, ...shared }: ServerParts & { readonly metrics: Metrics },
): () => Promise<MetricsText> {
  const { registry } = metrics;
  declareShared(metrics, { config, ...shared });
  const version = productVersion(installDirectory);
  readGaugeBy(registry, {
    name: 'sraas_build_info',
    help: 'Always 1; the label tells the version',
    label: 'version',
    read: () => ({ [version]: 1 }),
  });
  readGauge(registry, {
    name: 'sraas_engine_up',
    help: 'Whether the container engine answers: 1, or 0',
    read: () => isUp(engine),
  });
  readGauge(registry, {
    name: 'sraas_data_free_bytes',
    help: 'Free space for the data directory',
    read: async () => (await diskSpace.look()).freeBytes,
  });
  readGauge(registry, {
    name: 'sraas_async_unfinished',
    help: 'Async invocations in the store that wait or run, those of other servers on it too',
    read: () => store.work.countWaiting(),
  });
  readGauge(registry, {
    name: 'sraas_dead_letters',
    help: 'Async invocations in the store that were given up, those of other servers on it too',
    read: () => store.deadLetters.countDead(),
  });
  return () => metrics.scrape(() => workers?.metrics() ?? Promise.resolve([]));
}

/** What is to be told of the end of a sync call: it is counted, and recorded. */
export function meteredEnd(
  metrics: Metrics,
  { recordEnded }: Pick<Recording, 'recordEnded'>,
): (ended: EndedInvocation) => void {
  const count = meterEnded(meteringOf(metrics));
  return (ended) => {
    count(ended);
    recordEnded(ended);
  };
}

/** An invoker whose runs are counted. */
export function meteredRuns(metrics: Metrics, invoker: Pick<Invoker, 'run'>, mode: CallMode): Pick<Invoker, 'run'> {
  return meteredInvoker(invoker, mode, meteringOf(metrics));
}

export function meteringOf({ calls }: Metrics): Parameters<typeof meterEnded>[0] {
  return { calls, codeOf };
}

function codeOf(error: unknown): ErrorCode {
  return (error instanceof SraasError ? error : explain(error))?.code ?? 'INTERNAL';
}

async function isUp(engine: Pick<Engine, 'knock'>): Promise<0 | 1> {
  const giveUp = AbortSignal.timeout(1500);
  const tooLate = new Promise<0>((resolve) => {
    giveUp.addEventListener('abort', () => {
      resolve(0);
    });
  });
  const answered = engine.knock().then(
    () => 1 as const,
    () => 0 as const,
  );
  return await Promise.race([answered, tooLate]);
}
