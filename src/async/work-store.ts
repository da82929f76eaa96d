import type { FunctionId } from '../functions/function.ts';
import type { AnsweredKey } from '../idempotency/idempotency-store.ts';
import type { ClaimRequest } from './claim-request.ts';
import type { AcceptedWork, ClaimedWork, EndedWork, PutBackWork } from './work.ts';

export interface WorkClaimRequest extends ClaimRequest {
  /** Leases that this server holds: never taken from it by itself, however its clock jumped. */
  readonly heldTokens: readonly string[];
}

/**
 * Where async invocations wait, and who holds which.
 *
 * Guarantees of every adapter:
 * - What a call acknowledged is durable, and each call is one transaction.
 * - A lease is a token that one claim made and nobody else knows. `putBack` and `end` do nothing, and say false, when the
 *   token is no longer the work's: it was cancelled, or given to somebody else because its lease ran out.
 * - So an invocation reaches one terminal state, once, and its bytes are those of the attempt that reached it.
 *
 * @throws SraasError from every method: STORE_UNAVAILABLE or INSUFFICIENT_STORAGE, and nothing was changed.
 */
export interface WorkStore {
  /**
   * @param answered the idempotency key that this answers, which is kept in the same transaction.
   * @throws SraasError VERSION_NOT_FOUND when the version, or its function, was removed meanwhile; IDEMPOTENCY_IN_FLIGHT when
   * the key is somebody else's by now.
   */
  accept(work: AcceptedWork, answered?: AnsweredKey): Promise<void>;
  /** Invocations without a terminal state. */
  countWaiting(): Promise<number>;
  /**
   * Takes the lease of what is due and nobody has, one attempt at most: of each function only the one that has been due
   * longest. Its attempt counts from here on, whatever becomes of this server.
   */
  claim(request: WorkClaimRequest): Promise<ClaimedWork | undefined>;
  /** When the next one becomes due after a time; undefined when none does. */
  nextDue(after: Date): Promise<Date | undefined>;
  /** Prolongs leases. Resolves with the tokens that are still good. */
  renew(leaseTokens: readonly string[], leaseUntil: Date): Promise<ReadonlySet<string>>;
  putBack(leaseToken: string, work: PutBackWork): Promise<boolean>;
  end(leaseToken: string, work: EndedWork): Promise<boolean>;
  /** Ends what waits or runs, for good: whoever holds its lease may no longer write. */
  cancel(invocationId: string, at: Date): Promise<'cancelled' | 'ended' | 'missing'>;
  /** Cancels at most so many of a removed function's invocations that nobody holds. Resolves with how many it were. */
  cancelWaiting(functionId: FunctionId, at: Date, most: number): Promise<number>;
  /**
   * Takes all leases from those who have them, whose death is certain. Resolves with how many there were.
   * @param leasedBy only those of this server; of every one when left out.
   */
  voidLeases(leasedBy?: string): Promise<number>;
}
