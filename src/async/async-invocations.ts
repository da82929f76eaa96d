import { SraasError } from '../errors.ts';
import { failpoint } from '../failpoints.ts';
import type { FunctionCatalog } from '../functions/catalog.ts';
import { parseReference } from '../functions/reference.ts';
import type { History } from '../history/history.ts';
import { invocationNotThere, isInvocationId } from '../history/invocation-id.ts';
import type { InvocationRecord } from '../history/invocation-record.ts';
import type { AnsweredKey } from '../idempotency/idempotency-store.ts';
import type { Elsewhere } from '../invocations/elsewhere.ts';
import type { InFlight } from '../invocations/in-flight.ts';
import type { Acceptor, AsyncRequest } from './acceptor.ts';
import type { Backlog } from './backlog.ts';
import type { WorkStore } from './work-store.ts';

interface AsyncInvocationsParts {
  readonly catalog: Pick<FunctionCatalog, 'resolve'>;
  readonly acceptor: Pick<Acceptor, 'accept'>;
  readonly store: Pick<WorkStore, 'cancel'>;
  readonly backlog: Pick<Backlog, 'ended'>;
  readonly inFlight: Pick<InFlight, 'cancel'>;
  /** Undefined where one process runs all. */
  readonly elsewhere?: Pick<Elsewhere, 'cancel'> | undefined;
  readonly history: Pick<History, 'find'>;
  readonly clock: () => Date;
  /** Told when one that has a webhook may have ended. */
  readonly onEnded: () => void;
}

/** Invocations that nobody waits for, from outside: to be accepted, and to be cancelled. */
export class AsyncInvocations {
  readonly #parts: AsyncInvocationsParts;

  constructor(parts: AsyncInvocationsParts) {
    this.#parts = parts;
  }

  /**
   * Accepts an invocation of the version that a reference means now. It is durable when this resolves.
   * @param answered what is kept for an idempotency key, in the same step.
   * @throws SraasError FUNCTION_NOT_FOUND, VERSION_NOT_FOUND, INVALID_NAME, QUEUE_FULL, STORE_UNAVAILABLE,
   * INSUFFICIENT_STORAGE, IDEMPOTENCY_IN_FLIGHT; then it was not accepted.
   */
  async invoke(
    reference: string,
    request: AsyncRequest,
    answered?: (record: InvocationRecord) => AnsweredKey,
  ): Promise<InvocationRecord> {
    const { catalog, acceptor } = this.#parts;
    return await acceptor.accept(await catalog.resolve(parseReference(reference)), request, answered);
  }

  /**
   * Ends an invocation for good, sync or async, whether it waits or runs. When this resolves it no longer runs on this server;
   * on another one it is killed within seconds, and whatever it comes to is ignored.
   * @throws SraasError INVOCATION_NOT_FOUND; INVOCATION_ENDED for one that is over.
   */
  async cancel(invocationId: string): Promise<void> {
    const { store, backlog, inFlight, elsewhere, history, clock, onEnded } = this.#parts;
    if (!isInvocationId(invocationId)) throw invocationNotThere();
    switch (await store.cancel(invocationId, clock())) {
      case 'cancelled':
        failpoint('async.cancelled');
        backlog.ended();
        onEnded();
        // It need not run here, or not yet.
        await inFlight.cancel(invocationId);
        return;
      case 'ended':
        throw ended();
      case 'missing':
        if (await inFlight.cancel(invocationId)) return;
        if ((await elsewhere?.cancel(invocationId)) === true) return;
        // One that has just ended is known before its record is in the store.
        await history.find(invocationId);
        throw ended();
    }
  }
}

function ended(): SraasError {
  return new SraasError('INVOCATION_ENDED', 'The invocation has ended already: there is nothing to cancel.');
}
