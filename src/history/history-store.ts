import type { FunctionId } from '../functions/function.ts';
import type { Outcome } from '../wire/outcome.ts';
import type { InvocationMode, InvocationState } from '../wire/record.ts';
import type { InvocationPayload, InvocationRecord } from './invocation-record.ts';

/** An invocation as it is kept. */
export interface HistoryEntry {
  readonly record: InvocationRecord;
  readonly payload: InvocationPayload;
}

/** Which invocations of a function are asked for; what is left out does not matter. */
export interface HistoryFilter {
  readonly outcome?: Outcome;
  readonly state?: InvocationState;
  readonly mode?: InvocationMode;
  readonly version?: number;
}

export interface HistoryListRequest extends HistoryFilter {
  readonly functionId: FunctionId;
  /** Only those that came before the one with this id; all when left out. */
  readonly before?: string;
  readonly limit: number;
}

/** A stretch of invocations to look through for what need not be kept any longer. */
export interface PruneRequest {
  /** Only ids above this one; from the first one on when left out. */
  readonly after?: string;
  /** Only ids up to this one. */
  readonly upTo: string;
  /** Only what ended before this time; whenever it ended when left out. */
  readonly endedBefore?: Date;
  /** Whether dead letters go as well. */
  readonly deadLetters: boolean;
  /** Most invocations that are looked at. */
  readonly most: number;
}

export interface Pruned {
  readonly removed: number;
  /** Where to go on, for `after`; undefined when the stretch was looked through to its end. */
  readonly next: string | undefined;
}

/**
 * Where invocations are kept. Ids are the order in which invocations came.
 *
 * Guarantees of every adapter:
 * - `append` and `prune` are one transaction each.
 * - A call that looks at many rows lets others have the database in between.
 * - Failures of the store are a SraasError, `STORE_UNAVAILABLE` or `INSUFFICIENT_STORAGE`, and changed nothing.
 */
export interface HistoryStore {
  /** Keeps invocations that have ended. One that is there already is left as it is, so that a call can be repeated. */
  append(entries: readonly HistoryEntry[]): Promise<void>;
  find(invocationId: string): Promise<InvocationRecord | undefined>;
  /** What is kept of an invocation's bytes; undefined when nothing is. */
  findPayload(invocationId: string): Promise<InvocationPayload | undefined>;
  /** At most `limit` invocations, newest first. */
  list(request: HistoryListRequest): Promise<readonly InvocationRecord[]>;
  /** The id of the newest invocation that `count` newer ones follow; undefined when there are no more than that. */
  findBoundary(count: number): Promise<string | undefined>;
  /** Removes what is terminal, and of which nothing is left to be done. */
  prune(request: PruneRequest): Promise<Pruned>;
}
