import { timeOrderedId } from '../time-ordered-id.ts';
import type { Acceptor } from '../async/acceptor.ts';
import type { FunctionCatalog } from '../functions/catalog.ts';
import { Scheduler } from '../schedules/scheduler.ts';
import type { ScheduleStore } from '../schedules/schedule-store.ts';
import { Schedules } from '../schedules/schedules.ts';
import type { Surroundings } from './surroundings.ts';

interface SchedulesParts {
  readonly store: { readonly schedules: ScheduleStore };
  readonly catalog: FunctionCatalog;
  readonly acceptor: Acceptor;
}

/** Schedules, and what runs them once it is started. */
export interface OpenSchedules {
  readonly schedules: Schedules;
  readonly scheduler: Scheduler;
}

export function openSchedules(
  { config, clock, onFailure, onStop }: Surroundings,
  { store, catalog, acceptor }: SchedulesParts,
): OpenSchedules {
  const scheduler = new Scheduler({
    store: store.schedules,
    acceptor,
    catalog,
    newId: timeOrderedId,
    clock,
    onFailure,
  });
  onStop(() => scheduler.stop());
  const schedules = new Schedules({
    store: store.schedules,
    catalog,
    clock,
    maxEventBytes: config.maxEventBytes,
    onChanged: () => {
      scheduler.wake();
    },
  });
  return { schedules, scheduler };
}
