import type { InvocationRecord } from '../history/invocation-record.ts';

export interface DeadLetterListRequest {
  /** Only those of functions of this name, also of one that was removed. */
  readonly functionName?: string;
  /** Only those that came before the one with this id. */
  readonly before?: string;
  readonly limit: number;
}

/** Invocations that were given up, which are history as all others: they stay until they are purged, or too old. */
export interface DeadLetterStore {
  /** At most `limit`, newest first. */
  listDead(request: DeadLetterListRequest): Promise<readonly InvocationRecord[]>;
  countDead(): Promise<number>;
  /** Removes one with all that is kept of it; false when it is not there, or no dead letter. */
  removeDead(invocationId: string): Promise<boolean>;
  /** Removes at most `most`, in one transaction, and says how many. */
  purgeDead(request: { readonly functionName?: string; readonly most: number }): Promise<number>;
}
