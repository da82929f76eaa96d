import type { Outcome } from './outcome.ts';

/** `sync`: somebody waits for the reply. `async`: accepted to be run later. `scheduled`: async, by a schedule. */
export type InvocationMode = (typeof invocationModes)[number];

export const invocationModes = ['sync', 'async', 'scheduled'] as const;

/**
 * - `queued`: accepted, and waits for its first attempt or the next one
 * - `running`: an attempt is under way
 * - `succeeded`: its outcome is `ok`
 * - `failed`: a sync one that ended otherwise, by its outcome or an error of the platform
 * - `dead`: an async one that was given up after its last attempt or its maximum age: a dead letter
 * - `cancelled`: by a request, or because its function was removed
 *
 * The last four are terminal: an invocation reaches exactly one of them, and never leaves it.
 */
export type InvocationState = (typeof invocationStates)[number];

export const invocationStates = ['queued', 'running', 'succeeded', 'failed', 'dead', 'cancelled'] as const;

/** Which invocations of a function are asked for; the server judges the words. */
export interface HistoryFilterDocument {
  readonly outcome?: string;
  readonly state?: string;
  readonly mode?: string;
  readonly version?: string | number;
}

/** What is kept of an invocation. */
export interface RecordDocument {
  readonly id: string;
  readonly function: string;
  readonly version: number;
  readonly mode: InvocationMode;
  readonly state: InvocationState;
  /** Null until it has ended, and when the platform could not run it. */
  readonly outcome: Outcome | null;
  /** Why the platform could not run it. */
  readonly error_code: string | null;
  readonly error: string | null;
  /** Attempts begun. */
  readonly attempt: number;
  readonly max_attempts: number;
  readonly created_at: string;
  /** Of the last attempt, as all that follows. */
  readonly started_at: string | null;
  readonly ended_at: string | null;
  readonly duration_ms: number | null;
  readonly queue_ms: number | null;
  readonly init_ms: number | null;
  readonly cpu_ms: number | null;
  readonly max_memory_bytes: number | null;
  readonly exit_code: number | null;
  readonly cold_start: boolean;
  readonly logs_truncated: boolean;
  /** The invocation whose event it ran again. */
  readonly replay_of: string | null;
  readonly schedule: string | null;
  /** Left out where nobody is told of its end. */
  readonly webhook?: WebhookDocument;
  /** These are there where they are kept; never in a list. */
  readonly event?: unknown;
  readonly context?: Readonly<Record<string, unknown>>;
  readonly result?: unknown;
  readonly logs?: string;
}

/** What became of telling a webhook of an invocation's end. */
export interface WebhookDocument {
  readonly state: 'pending' | 'delivered' | 'failed';
  /** Calls that were made. */
  readonly attempts: number;
  /** Of its last answer. */
  readonly status: number | null;
  readonly error: string | null;
}
