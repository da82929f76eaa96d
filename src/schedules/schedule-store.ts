import type { AcceptedWork } from '../async/work.ts';
import type { Schedule, ScheduleDefinition } from './schedule.ts';

export interface ScheduleDraft {
  readonly functionName: string;
  readonly name: string;
  readonly definition: ScheduleDefinition;
  readonly envelope: Uint8Array;
  readonly nextAt: Date | undefined;
  readonly at: Date;
}

/** Another next time, or none, for a schedule that nobody has changed or run meanwhile. */
export interface Move {
  readonly schedule: Schedule;
  readonly nextAt: Date | undefined;
  /** Why its time is not run, where one has come. */
  readonly problem?: string;
}

/** Most schedules of one function. */
export const mostSchedules = 100;

/**
 * Where schedules are kept. Names are taken as they are: callers have checked them. Each call is one transaction; what it
 * acknowledged is durable. Failures are a SraasError, `STORE_UNAVAILABLE` or `INSUFFICIENT_STORAGE`, and changed nothing.
 */
export interface ScheduleStore {
  /** @throws SraasError `FUNCTION_NOT_FOUND`; `INVALID_SCHEDULE` when the function has as many as it may have. */
  put(draft: ScheduleDraft): Promise<{ readonly outcome: 'created' | 'updated'; readonly schedule: Schedule }>;
  find(functionName: string, name: string): Promise<Schedule | undefined>;
  /** All of a function by name, at most {@link mostSchedules}; none for an unknown function. */
  list(functionName: string): Promise<readonly Schedule[]>;
  /** False when there was none. */
  remove(functionName: string, name: string): Promise<boolean>;
  /** Switches a schedule on or off, and changes nothing else. Undefined when it is not there. */
  setEnabled(
    functionName: string,
    name: string,
    change: { readonly enabled: boolean; readonly nextAt: Date | undefined; readonly at: Date },
  ): Promise<Schedule | undefined>;
  /** At most `limit` schedules whose time has come, the longest due first. */
  due(now: Date, limit: number): Promise<readonly Schedule[]>;
  /** When the next one is due, be it past or to come. */
  nextDue(): Promise<Date | undefined>;
  /** At most `limit` schedules that wait for a time after this one, in the order of function ids and names. */
  waiting(now: Date, after: Schedule | undefined, limit: number): Promise<readonly Schedule[]>;
  /**
   * Takes the time that has come, in the transaction that accepts the invocation: so each is taken once, by one server.
   * `skipped`: the run before has not ended and the schedule does not want two; its next time is set. `lost`: somebody else has
   * taken it, or the schedule was changed or removed; nothing was changed.
   */
  run(move: Move, work: AcceptedWork): Promise<'accepted' | 'skipped' | 'lost'>;
  /** Sets the next time without running anything. False when somebody else was first. */
  move(move: Move): Promise<boolean>;
}
