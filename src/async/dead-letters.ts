import { SraasError } from '../errors.ts';
import { parseFunctionName } from '../functions/function-name.ts';
import { readPage, type Page } from '../functions/page.ts';
import type { History } from '../history/history.ts';
import { isInvocationId } from '../history/invocation-id.ts';
import type { InvocationRecord } from '../history/invocation-record.ts';
import type { Replays } from '../history/replays.ts';
import type { AsyncInvocations } from './async-invocations.ts';
import type { DeadLetterListRequest, DeadLetterStore } from './dead-letter-store.ts';

interface DeadLettersParts {
  readonly store: DeadLetterStore;
  readonly history: Pick<History, 'find'>;
  readonly replays: Pick<Replays, 'prepare'>;
  readonly asyncInvocations: Pick<AsyncInvocations, 'invoke'>;
}

/** Rows that one transaction removes, so that no write waits long. */
const removedTogether = 250;

/** The invocations that were given up: to be seen, run again, or removed. */
export class DeadLetters {
  readonly #parts: DeadLettersParts;

  constructor(parts: DeadLettersParts) {
    this.#parts = parts;
  }

  /**
   * Newest first. `next` is an id, for `before`.
   * @throws SraasError INVALID_NAME
   */
  async list(request: DeadLetterListRequest): Promise<Page<InvocationRecord, string>> {
    const { functionName } = request;
    if (functionName !== undefined) parseFunctionName(functionName);
    return await readPage(
      request.limit,
      (limit) => this.#parts.store.listDead({ ...request, limit }),
      (record) => record.id,
    );
  }

  /** @throws SraasError INVOCATION_NOT_FOUND */
  async remove(invocationId: string): Promise<void> {
    if (isInvocationId(invocationId) && (await this.#parts.store.removeDead(invocationId))) return;
    throw notFound();
  }

  /**
   * Removes all of them, or those of one function's name, and says how many.
   * @throws SraasError INVALID_NAME
   */
  async purge(functionName?: string): Promise<number> {
    const filter = functionName === undefined ? {} : { functionName: parseFunctionName(functionName) };
    let removed = 0;
    for (;;) {
      const some = await this.#parts.store.purgeDead({ ...filter, most: removedTogether });
      removed += some;
      if (some < removedTogether) return removed;
    }
  }

  /**
   * Accepts its event as a new async invocation. The dead letter itself stays, as the record of what failed.
   * @param reference what shall get the event; the version that had it when left out.
   * @throws SraasError INVOCATION_NOT_FOUND, and what accepting can fail with.
   */
  async replay(
    invocationId: string,
    { reference, newId }: { readonly reference: string | undefined; readonly newId: string },
  ): Promise<InvocationRecord> {
    const { history, replays, asyncInvocations } = this.#parts;
    const { record } = await history.find(invocationId);
    if (record.state !== 'dead') throw notFound();
    const replay = await replays.prepare(invocationId, reference);
    return await asyncInvocations.invoke(replay.reference, { ...replay, invocationId: newId });
  }
}

function notFound(): SraasError {
  return new SraasError('INVOCATION_NOT_FOUND', 'There is no dead letter with this id; list those there are.');
}
