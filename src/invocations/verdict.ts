import type { Outcome } from '../wire/outcome.ts';

/** What an ending comes to for the caller. */
export interface Verdict {
  readonly outcome: Outcome;
  /** The result's JSON text; undefined unless `ok`. */
  readonly result: Buffer | undefined;
  readonly error: string | undefined;
  /** Exit code of the process when it ended, 128 plus the signal's number for a signal; undefined when it lives or is unknown. */
  readonly exitCode: number | undefined;
}
