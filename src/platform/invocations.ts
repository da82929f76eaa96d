import { Replays } from '../history/replays.ts';
import type { History } from '../history/history.ts';
import { InFlight } from '../invocations/in-flight.ts';
import { Invoker } from '../invocations/invoker.ts';
import { LiveLogs } from '../invocations/live-logs.ts';
import { RunOnce } from '../invocations/run-once.ts';
import type { Metrics } from '../metrics/metrics.ts';
import type { Pools } from '../sandboxes/pools.ts';
import type { Store } from '../store/store.ts';
import type { Workers } from '../workers/workers.ts';
import type { OpenFunctions } from './functions.ts';
import { openHistory, type Recording } from './history.ts';
import { meteredEnd, meteredRuns } from './metrics.ts';
import type { Surroundings } from './surroundings.ts';

type RunOnceParts = ConstructorParameters<typeof RunOnce>[0];

interface InvocationsParts
  extends Pick<OpenFunctions, 'catalog' | 'workloadOf'>, Omit<RunOnceParts, 'invoker' | 'pools'> {
  readonly store: Pick<Store, 'history'>;
  readonly pools: Pools;
  readonly metrics: Metrics;
  /** Undefined where one process runs all. */
  readonly workers: Workers | undefined;
}

/** Calls: what runs them, what is seen of them meanwhile, and what is kept of them. */
export interface OpenInvocations {
  readonly invoker: Invoker;
  readonly runOnce: RunOnce;
  readonly inFlight: InFlight;
  readonly liveLogs: LiveLogs;
  readonly history: History;
  readonly recording: Recording;
  readonly replays: Replays;
}

/** Makes what runs calls on the pools' sandboxes. */
export function openInvocations(surroundings: Surroundings, parts: InvocationsParts): OpenInvocations {
  const { store, catalog, pools, workloadOf, workers, metrics } = parts;
  const inFlight = new InFlight();
  const { history, recording } = openHistory(surroundings, { store, inFlight, elsewhere: workers });
  const liveLogs = new LiveLogs({
    ...surroundings,
    ...(workers === undefined
      ? {}
      : {
          onFollow: (functionId, follower) =>
            workers.follow(functionId, (event) => {
              follower.push(event);
            }),
        }),
  });
  catalog.onRemoved(({ id }) => {
    liveLogs.remove(id);
  });
  const invoker = new Invoker({
    catalog,
    pools,
    inFlight,
    liveLogs,
    workloadOf,
    onEnded: meteredEnd(metrics, recording),
  });
  return {
    invoker,
    runOnce: new RunOnce({ ...parts, invoker: meteredRuns(metrics, invoker, 'run') }),
    inFlight,
    liveLogs,
    history,
    recording,
    replays: new Replays({ history, catalog }),
  };
}
