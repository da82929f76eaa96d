import type { DiskSpace } from '../artifacts/disk-space.ts';
import { Acceptor } from '../async/acceptor.ts';
import { AsyncInvocations } from '../async/async-invocations.ts';
import { Backlog } from '../async/backlog.ts';
import { DeadLetters } from '../async/dead-letters.ts';
import { WebhookCaller } from '../async/webhooks/webhook-caller.ts';
import { Worker } from '../async/worker.ts';
import { SraasError } from '../errors.ts';
import { failpoint } from '../failpoints.ts';
import type { FunctionCatalog } from '../functions/catalog.ts';
import type { FunctionVersion } from '../functions/function.ts';
import type { History } from '../history/history.ts';
import type { Replays } from '../history/replays.ts';
import { productVersion } from '../installation.ts';
import type { Elsewhere } from '../invocations/elsewhere.ts';
import type { InFlight } from '../invocations/in-flight.ts';
import type { Invoker } from '../invocations/invoker.ts';
import type { Metrics } from '../metrics/metrics.ts';
import type { Workload } from '../sandboxes/workload.ts';
import type { Secrets } from '../secrets/secrets.ts';
import type { Store } from '../store/store.ts';
import { explain } from './explain.ts';
import { meteredRuns } from './metrics.ts';
import type { Surroundings } from './surroundings.ts';

interface AsyncParts {
  readonly store: Pick<Store, 'work' | 'deadLetters' | 'webhooks' | 'instanceId'>;
  readonly secrets: Pick<Secrets, 'valueOf'>;
  readonly history: History;
  readonly replays: Replays;
  readonly catalog: FunctionCatalog;
  readonly invoker: Pick<Invoker, 'run'>;
  readonly metrics: Metrics;
  readonly inFlight: InFlight;
  /** Undefined where one process runs all. */
  readonly workers: Pick<Elsewhere, 'cancel'> | undefined;
  readonly diskSpace: DiskSpace;
  readonly workloadOf: (version: FunctionVersion) => Workload;
}

/** Async invocations of a server. */
export interface OpenAsync {
  readonly acceptor: Acceptor;
  readonly asyncInvocations: AsyncInvocations;
  readonly deadLetters: DeadLetters;
  /** Begins to run what waits. */
  start(): void;
  /** Begins nothing more; to be called before calls are drained. */
  stop(): void;
}

/** For all of a call, from the name's look-up to the answer's head. */
const webhookTimeoutMs = 10_000;

/** Rows that are cancelled in one transaction, when their function is removed. */
const cancelledTogether = 200;

/** Takes up what an earlier run left, and makes what accepts and runs async invocations. */
export async function openAsync(surroundings: Surroundings, parts: AsyncParts): Promise<OpenAsync> {
  const { config, logger, clock, onFailure, onStop, installDirectory } = surroundings;
  const { store, secrets, history, replays, catalog, diskSpace, inFlight, invoker, metrics, workloadOf, workers } =
    parts;
  const { work } = store;
  // An embedded database has one server: whoever held leases in it is dead.
  const interrupted = await work.voidLeases(config.databaseUrl === '' ? undefined : store.instanceId);
  failpoint('start.leases_voided');
  if (interrupted > 0) logger.info('Async invocations that an earlier run did not end are run again', { interrupted });

  const backlog = new Backlog({ store: work, most: config.maxQueuedAsync });
  const webhookCaller = new WebhookCaller({
    store: store.webhooks,
    instanceId: store.instanceId,
    valueOf: (name) => secrets.valueOf(name),
    post: { timeoutMs: webhookTimeoutMs, toPrivate: config.webhooksToPrivate },
    userAgent: `sraas/${productVersion(installDirectory)}`,
    clock,
    random: Math.random,
    onFailure,
  });
  const worker = new Worker({
    store: work,
    backlog,
    catalog,
    invoker: meteredRuns(metrics, invoker, 'async'),
    workloadOf,
    instanceId: store.instanceId,
    concurrency: config.asyncConcurrency,
    logBytes: config.historyLogBytes,
    tell: (error, invocationId) => tell(error, surroundings, invocationId),
    clock,
    random: Math.random,
    onWebhook: () => {
      webhookCaller.wake();
    },
    onFailure,
  });
  const acceptor = new Acceptor({
    store: work,
    backlog,
    diskSpace,
    clock,
    onAccepted: () => {
      worker.wake();
    },
  });
  catalog.onRemoved(({ id }) => {
    void cancelWaiting(id).catch((error: unknown) => {
      onFailure('Async invocations of a removed function could not be cancelled yet', error);
    });
  });
  const cancelWaiting = async (functionId: Parameters<typeof work.cancelWaiting>[0]): Promise<void> => {
    for (;;) {
      const cancelled = await work.cancelWaiting(functionId, clock(), cancelledTogether);
      failpoint('async.waiting_cancelled');
      backlog.ended(cancelled);
      webhookCaller.wake();
      if (cancelled < cancelledTogether) return;
    }
  };
  onStop(async () => {
    await worker.close();
    await webhookCaller.close();
  });
  const asyncInvocations = new AsyncInvocations({
    catalog,
    acceptor,
    store: work,
    backlog,
    inFlight,
    elsewhere: workers,
    history,
    clock,
    onEnded: () => {
      webhookCaller.wake();
    },
  });
  return {
    acceptor,
    asyncInvocations,
    deadLetters: new DeadLetters({ store: store.deadLetters, history, replays, asyncInvocations }),
    start: () => {
      worker.start();
      webhookCaller.start();
    },
    stop: () => {
      worker.stop();
    },
  };
}

/** What is written down of whatever was thrown; what needs an operator's attention is reported on the way. */
function tell(error: unknown, { onFailure }: Surroundings, invocationId: string): SraasError {
  const told = error instanceof SraasError ? error : explain(error);
  if (told !== undefined) return told;
  onFailure(`The async invocation ${invocationId} failed`, error);
  return new SraasError('INTERNAL', 'Something went wrong here; the server log has the reason.', { cause: error });
}
