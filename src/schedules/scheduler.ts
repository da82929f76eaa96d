import type { Acceptor } from '../async/acceptor.ts';
import { SraasError } from '../errors.ts';
import { failpoint } from '../failpoints.ts';
import type { FunctionCatalog } from '../functions/catalog.ts';
import { parseReference } from '../functions/reference.ts';
import type { FunctionVersion } from '../functions/function.ts';
import type { ScheduleStore } from './schedule-store.ts';
import { referenceOf, type Schedule } from './schedule.ts';
import { nextTime } from './times.ts';

interface SchedulerParts {
  readonly store: Pick<ScheduleStore, 'due' | 'nextDue' | 'waiting' | 'run' | 'move'>;
  readonly acceptor: Pick<Acceptor, 'take'>;
  readonly catalog: Pick<FunctionCatalog, 'resolve'>;
  /** Makes ids of invocations: UUIDs of version 7. */
  readonly newId: () => string;
  readonly clock: () => Date;
  readonly onFailure: (message: string, error: unknown) => void;
}

/**
 * The longest sleep: so often the clock on the wall is looked at, which may be set, while timers go by another; and so often
 * what other servers on the same database left.
 */
const longestSleepMs = 30_000;
/** How long what the platform could not do now is left alone. */
const pauseAfterFailureMs = 5000;
/** A clock that is set back by less runs no time twice; one that is set back further has its times run again. */
const toleratedStepMs = 60_000;
const batch = 100;

/** Refused on the way into the store: the time is somebody else's, or the run before goes on. */
class NotRun extends Error {}

/**
 * Runs schedules when their times have come: accepts an invocation for each, and sets its next time in the same transaction. A
 * time is taken once, whichever server takes it. Of times that were missed, because no server ran or the platform could take
 * nothing on, one is made up for and the others are not.
 */
export class Scheduler {
  readonly #parts: SchedulerParts;
  #timer: NodeJS.Timeout | undefined;
  #turn: Promise<void> | undefined;
  /** Asked for while a turn was under way. */
  #again = false;
  #isRunning = false;
  #lastSeen = -Infinity;
  /** Whether the last turn failed, which has been told then. */
  #isFailing = false;

  constructor(parts: SchedulerParts) {
    this.#parts = parts;
  }

  start(): void {
    this.#isRunning = true;
    this.wake();
  }

  /** Looks at what is due now; for whoever changed a schedule. */
  wake(): void {
    if (!this.#isRunning) return;
    if (this.#turn !== undefined) {
      this.#again = true;
      return;
    }
    clearTimeout(this.#timer);
    this.#again = false;
    this.#turn = this.#takeTurn().then((sleepMs) => {
      this.#turn = undefined;
      if (this.#again) this.wake();
      else this.#sleep(sleepMs);
    });
  }

  /** Begins nothing more. Resolves when what was begun has been written down. */
  async stop(): Promise<void> {
    this.#isRunning = false;
    clearTimeout(this.#timer);
    await this.idle();
  }

  /** Resolves when all that was due has been looked at. */
  async idle(): Promise<void> {
    while (this.#turn !== undefined) await this.#turn;
  }

  #sleep(ms: number): void {
    if (!this.#isRunning) return;
    this.#timer = setTimeout(() => {
      this.wake();
    }, ms);
    this.#timer.unref();
  }

  /** Never rejects. Resolves with how long there is nothing to do. */
  async #takeTurn(): Promise<number> {
    const { store, clock, onFailure } = this.#parts;
    try {
      const now = clock();
      const wentBack = now.getTime() < this.#lastSeen - toleratedStepMs;
      // At the first turn it is not known what the clock has been through, nor what the rules of time zones were.
      if (wentBack || this.#lastSeen === -Infinity) await this.#realign(now);
      this.#lastSeen = now.getTime();
      for (;;) {
        const due = await store.due(clock(), batch);
        for (const schedule of due) {
          if (!this.#isRunning) return 0;
          await this.#run(schedule);
        }
        if (due.length < batch) break;
      }
      this.#isFailing = false;
      const next = await store.nextDue();
      if (next === undefined) return longestSleepMs;
      return Math.min(Math.max(next.getTime() - clock().getTime(), 0), longestSleepMs);
    } catch (error) {
      if (!this.#isFailing) onFailure('Schedules whose time has come could not be run yet', error);
      this.#isFailing = true;
      return pauseAfterFailureMs;
    }
  }

  /** Sets what waits for a time that is no longer its next one. */
  async #realign(now: Date): Promise<void> {
    const { store } = this.#parts;
    let after: Schedule | undefined;
    do {
      const waiting = await store.waiting(now, after, batch);
      for (const schedule of waiting) {
        const nextAt = nextTime(schedule.definition, now);
        if (nextAt?.getTime() !== schedule.nextAt?.getTime()) await store.move({ schedule, nextAt });
      }
      after = waiting.length < batch ? undefined : waiting.at(-1);
    } while (after !== undefined);
  }

  /** @throws what kept the platform from it: the time is still to be run then. */
  async #run(schedule: Schedule): Promise<void> {
    const { store, acceptor, newId, clock } = this.#parts;
    failpoint('schedule.due');
    const version = await this.#resolve(schedule);
    // Before the clock is read: so the next time is after it, and ids tell runs of one time from those of the next.
    const invocationId = newId();
    const nextAt = nextTime(schedule.definition, clock());
    if (version instanceof SraasError) {
      await store.move({ schedule, nextAt, problem: version.message });
      return;
    }
    const { envelope, name } = schedule;
    const request = { invocationId, envelope, mode: 'scheduled', schedule: name } as const;
    try {
      await acceptor.take(version, request, async (work) => {
        if ((await store.run({ schedule, nextAt }, work)) !== 'accepted') throw new NotRun();
        failpoint('schedule.run');
      });
    } catch (error) {
      if (error instanceof NotRun) return;
      // The version was removed in between, for example. What the platform lacks is no reason to leave the time out.
      if (!(error instanceof SraasError) || error.kind.fault !== 'caller') throw error;
      await store.move({ schedule, nextAt, problem: error.message });
    }
  }

  /** The version of this moment, or why there is none. */
  async #resolve({ functionId, functionName, definition }: Schedule): Promise<FunctionVersion | SraasError> {
    try {
      const version = await this.#parts.catalog.resolve(
        parseReference(referenceOf(functionName, definition.qualifier)),
      );
      if (version.functionId === functionId) return version;
      return new SraasError('FUNCTION_NOT_FOUND', `The function ${functionName} of this schedule was removed.`);
    } catch (error) {
      if (error instanceof SraasError && error.kind.fault === 'caller') return error;
      throw error;
    }
  }
}
