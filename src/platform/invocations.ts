import { Replays } from '../history/replays.ts';
import type { History } from '../history/history.ts';
import { InFlight } from '../invocations/in-flight.ts';
import { Invoker } from '../invocations/invoker.ts';
import { LiveLogs } from '../invocations/live-logs.ts';
import { RunOnce } from '../invocations/run-once.ts';
import type { Pools } from '../sandboxes/pools.ts';
import type { Store } from '../store/store.ts';
import type { Workers } from '../workers/workers.ts';
import type { OpenFunctions } from './functions.ts';
import { openHistory } from './history.ts';
import type { Surroundings } from './surroundings.ts';

type RunOnceParts = ConstructorParameters<typeof RunOnce>[0];

interface InvocationsParts
  extends Pick<OpenFunctions, 'catalog' | 'workloadOf'>, Omit<RunOnceParts, 'invoker' | 'pools'> {
  readonly store: Pick<Store, 'history'>;
  readonly pools: Pools;
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
  readonly replays: Replays;
}

/** Makes what runs calls on the pools' sandboxes. */
export function openInvocations(surroundings: Surroundings, parts: InvocationsParts): OpenInvocations {
  const { store, catalog, pools, workloadOf, workers } = parts;
  const inFlight = new InFlight();
  const { history, recordEnded } = openHistory(surroundings, { store, inFlight, elsewhere: workers });
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
  const invoker = new Invoker({ catalog, pools, inFlight, liveLogs, workloadOf, onEnded: recordEnded });
  return {
    invoker,
    runOnce: new RunOnce({ ...parts, invoker }),
    inFlight,
    liveLogs,
    history,
    replays: new Replays({ history, catalog }),
  };
}
