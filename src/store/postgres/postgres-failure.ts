import { DatabaseError } from 'pg';
import { SraasError } from '../../errors.ts';

/** Codes from PostgreSQL's list of SQLSTATEs (documentation, appendix A). */
export const sqlState = {
  serializationFailure: '40001',
  deadlock: '40P01',
  noSuchDatabase: '3D000',
  diskFull: '53100',
} as const;

/**
 * Classes and single codes that say that the database can't be used just now: connections, refused users, lost transactions,
 * resources, locks, an operator's intervention, a failing system, damage.
 */
const unavailable = /^(08|28|3D|40|53|57|58|F0|XX001|XX002|55P03|25006|25P03|25P04)/;

/**
 * Gives a failure of a query its code from the one table, by PostgreSQL's SQLSTATE. A broken constraint or a mistake in a
 * statement is a mistake of ours and comes back as it is. Whatever the client throws without an SQLSTATE is about the connection.
 */
export function fromPostgres(error: unknown): unknown {
  if (error instanceof SraasError || error instanceof TypeError || error instanceof RangeError) return error;
  const state = sqlStateOf(error);
  if (state === sqlState.diskFull) {
    return new SraasError(
      'INSUFFICIENT_STORAGE',
      'PostgreSQL has no space left: free some on its disk and try again.',
      {
        cause: error,
      },
    );
  }
  if (state !== undefined && !unavailable.test(state)) return error;
  return new SraasError('STORE_UNAVAILABLE', 'The database cannot be used just now: try again in a moment.', {
    cause: error,
  });
}

/** The code that PostgreSQL gave; undefined for a failure that did not come from it. */
export function sqlStateOf(error: unknown): string | undefined {
  return error instanceof DatabaseError ? error.code : undefined;
}

/** Failures that PostgreSQL tells of and then hangs up: the end itself may come later. */
const farewell = /^(08|57P0[1-5]|25P03|25P04)/;

/** Whether the connection that a query failed on is of no more use: what it was in the middle of is unknown, or it is over. */
export function endsConnection(error: unknown): boolean {
  const state = sqlStateOf(error);
  return state === undefined || farewell.test(state);
}

/** Whether the same transaction may succeed when it is run again from its beginning. */
export function isTransient(error: unknown): boolean {
  const cause = error instanceof SraasError ? error.cause : error;
  const state = sqlStateOf(cause);
  return state === sqlState.serializationFailure || state === sqlState.deadlock;
}
