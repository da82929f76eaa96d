import { SraasError } from '../errors.ts';
import { failpoint } from '../failpoints.ts';
import type { FunctionCatalog } from '../functions/catalog.ts';
import { parseReference } from '../functions/reference.ts';
import { invalidSchedule, parseScheduleDocument, parseScheduleName } from './schedule-document.ts';
import type { ScheduleStore } from './schedule-store.ts';
import { envelopeOf } from './schedule-wire.ts';
import { referenceOf, type Schedule } from './schedule.ts';
import { nextTime } from './times.ts';

interface SchedulesParts {
  readonly store: ScheduleStore;
  readonly catalog: Pick<FunctionCatalog, 'show' | 'resolve'>;
  readonly clock: () => Date;
  /** Largest envelope that a function is run with. */
  readonly maxEventBytes: number;
  /** Told when a schedule may be due sooner than any before. */
  readonly onChanged: () => void;
}

/** The schedules of functions, from outside: to be set, looked at, switched and removed. */
export class Schedules {
  readonly #parts: SchedulesParts;

  constructor(parts: SchedulesParts) {
    this.#parts = parts;
  }

  /**
   * Makes a schedule, or gives it another definition. Its next time is the first that matches from now on.
   * @param bytes the document's own, from which `event` and `context` are taken as they came.
   * @throws SraasError INVALID_NAME, INVALID_SCHEDULE, EVENT_TOO_LARGE, FUNCTION_NOT_FOUND, and what the store throws.
   */
  async put(
    functionName: string,
    name: string,
    { document, bytes }: { readonly document: unknown; readonly bytes: Uint8Array },
  ): Promise<{ readonly outcome: 'created' | 'updated'; readonly schedule: Schedule }> {
    const { store, clock, maxEventBytes, onChanged } = this.#parts;
    const checkedName = parseScheduleName(name);
    const definition = parseScheduleDocument(document);
    const envelope = envelopeOf(bytes);
    if (envelope.length > maxEventBytes) {
      throw new SraasError('EVENT_TOO_LARGE', `Event and context may have at most ${maxEventBytes} bytes together.`);
    }
    await this.#requireTarget(functionName, definition.qualifier);
    const at = clock();
    const nextAt = definition.enabled ? nextTime(definition, at) : undefined;
    const done = await store.put({ functionName, name: checkedName, definition, envelope, nextAt, at });
    failpoint('schedule.put');
    onChanged();
    return done;
  }

  /** @throws SraasError FUNCTION_NOT_FOUND, SCHEDULE_NOT_FOUND. */
  async show(functionName: string, name: string): Promise<Schedule> {
    await this.#parts.catalog.show(functionName);
    return (await this.#parts.store.find(functionName, parseScheduleName(name))) ?? notThere(functionName, name);
  }

  /** All of a function by name. @throws SraasError FUNCTION_NOT_FOUND. */
  async list(functionName: string): Promise<readonly Schedule[]> {
    await this.#parts.catalog.show(functionName);
    return this.#parts.store.list(functionName);
  }

  /** @throws SraasError FUNCTION_NOT_FOUND, SCHEDULE_NOT_FOUND. What it has begun goes on. */
  async remove(functionName: string, name: string): Promise<void> {
    await this.#parts.catalog.show(functionName);
    if (!(await this.#parts.store.remove(functionName, parseScheduleName(name)))) notThere(functionName, name);
  }

  /**
   * Switches a schedule on or off. Times that passed while it was off are not made up for.
   * @throws SraasError FUNCTION_NOT_FOUND, SCHEDULE_NOT_FOUND.
   */
  async setEnabled(functionName: string, name: string, enabled: boolean): Promise<Schedule> {
    const { store, clock, onChanged } = this.#parts;
    const { definition, nextAt: pending } = await this.show(functionName, name);
    const at = clock();
    // One that is on already keeps a time that has come and is about to be run.
    const nextAt = enabled ? ((definition.enabled ? pending : undefined) ?? nextTime(definition, at)) : undefined;
    const changed = await store.setEnabled(functionName, name, { enabled, nextAt, at });
    onChanged();
    return changed ?? notThere(functionName, name);
  }

  /** What is to be run has to be there now; later it is looked for at each time. */
  async #requireTarget(functionName: string, qualifier: string | undefined): Promise<void> {
    const { catalog } = this.#parts;
    await catalog.show(functionName);
    if (qualifier === undefined) return;
    try {
      await catalog.resolve(parseReference(referenceOf(functionName, qualifier)));
    } catch (error) {
      if (!(error instanceof SraasError) || !['VERSION_NOT_FOUND', 'ALIAS_NOT_FOUND'].includes(error.code)) throw error;
      throw invalidSchedule([{ pointer: '/qualifier', message: 'names a version or an alias that is not there' }]);
    }
  }
}

function notThere(functionName: string, name: string): never {
  throw new SraasError(
    'SCHEDULE_NOT_FOUND',
    `Function ${functionName} has no schedule ${name}: list those it has with GET /functions/${functionName}/schedules.`,
  );
}
