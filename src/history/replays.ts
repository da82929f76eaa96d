import { SraasError } from '../errors.ts';
import type { FunctionCatalog } from '../functions/catalog.ts';
import { parseReference } from '../functions/reference.ts';
import type { History } from './history.ts';

interface ReplaysParts {
  readonly history: Pick<History, 'find'>;
  readonly catalog: Pick<FunctionCatalog, 'resolve'>;
}

/** An invocation to be run again: what is invoked, and with which bytes. */
export interface Replay {
  readonly reference: string;
  readonly envelope: Buffer;
  readonly replayOf: string;
}

/** Finds out how an invocation can be run again. */
export class Replays {
  readonly #parts: ReplaysParts;

  constructor(parts: ReplaysParts) {
    this.#parts = parts;
  }

  /**
   * @param reference what shall get the event; the version that had it when left out.
   * @throws SraasError INVOCATION_NOT_FOUND, EVENT_NOT_KEPT, FUNCTION_NOT_FOUND, VERSION_NOT_FOUND, INVALID_NAME.
   */
  async prepare(invocationId: string, reference?: string): Promise<Replay> {
    const { history, catalog } = this.#parts;
    const { record, payload } = await history.find(invocationId);
    if (payload.envelope === undefined) throw notKept(record.endedAt === undefined);
    const chosen = reference ?? `${record.functionName}@${record.functionVersion}`;
    const version = await catalog.resolve(parseReference(chosen));
    if (reference === undefined && version.functionId !== record.functionId) throw anotherFunction(record.functionName);
    return { reference: chosen, envelope: Buffer.from(payload.envelope), replayOf: invocationId };
  }
}

function notKept(runs: boolean): SraasError {
  if (runs) {
    return new SraasError('EVENT_NOT_KEPT', 'The invocation has not ended: its event is kept, if at all, when it has.');
  }
  return new SraasError(
    'EVENT_NOT_KEPT',
    'The event of this invocation was not kept: set "history" of the function to "failures" or "all" for those to come.',
  );
}

function anotherFunction(name: string): SraasError {
  return new SraasError(
    'FUNCTION_NOT_FOUND',
    `The function of this invocation was removed, and ${name} is another one now: name it as the reference if it shall get ` +
      'the event.',
  );
}
