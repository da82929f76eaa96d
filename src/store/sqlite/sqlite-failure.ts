import { SraasError } from '../../errors.ts';

/** Primary result codes, from SQLite's list of result codes; an extended code has its primary one in the low byte. */
export const resultCode = {
  busy: 5,
  corrupt: 11,
  full: 13,
  cannotOpen: 14,
  notADatabase: 26,
} as const;

/** Codes that say that the database can't be used just now: permission, locks, memory, read-only, input and output, … */
const unavailable: ReadonlySet<number> = new Set([3, 5, 6, 7, 8, 10, 11, 14, 15, 23, 26]);

/**
 * Gives a failure of SQLite its code from the one table, by SQLite's result code. Anything else, such as a broken
 * constraint or a mistake in a statement, is a mistake of ours and comes back as it is.
 */
export function fromSqlite(error: unknown): unknown {
  if (!isSqliteError(error)) return error;
  const code = primaryCodeOf(error);
  if (code === resultCode.full) {
    return new SraasError(
      'INSUFFICIENT_STORAGE',
      'There is no space left for the database: free some in the data directory and try again.',
      { cause: error },
    );
  }
  if (code !== undefined && !unavailable.has(code)) return error;
  return new SraasError('STORE_UNAVAILABLE', 'The database cannot be used just now: try again in a moment.', {
    cause: error,
  });
}

/**
 * The primary result code of a failure of SQLite. The binding gives none when reading rows fails, which leaves only
 * causes that make the database unusable: locks, damage, input and output.
 */
export function primaryCodeOf(error: unknown): number | undefined {
  return isSqliteError(error) && typeof error.errcode === 'number' ? error.errcode & 0xff : undefined;
}

function isSqliteError(error: unknown): error is Error & { readonly errcode?: unknown } {
  return error instanceof Error && 'code' in error && error.code === 'ERR_SQLITE_ERROR';
}
