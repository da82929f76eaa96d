import { sql, type Kysely, type Transaction } from 'kysely';
import type { StoreTables } from './schema.ts';

/**
 * Runs a transaction whose commit does not wait for the disk: it is whole or not there at all, as any other, and may be lost with
 * what came after it when the power fails within the next moments. For what nobody has been told is kept.
 */
export type Unhurried = <Result>(work: (transaction: Transaction<StoreTables>) => Promise<Result>) => Promise<Result>;

/**
 * On the embedded database. What commits next in the usual way brings these to the disk as well, as all are in one log.
 * Source: `PRAGMA synchronous` in SQLite's documentation; it cannot be changed within a transaction.
 */
export function unhurriedOnSqlite(database: Kysely<StoreTables>): Unhurried {
  return (work) =>
    database.connection().execute(async (own) => {
      await sql`pragma synchronous = normal`.execute(own);
      try {
        return await own.transaction().execute(work);
      } finally {
        await sql`pragma synchronous = full`.execute(own);
      }
    });
}

/** On PostgreSQL. Source: `synchronous_commit` in its documentation. */
export function unhurriedOnPostgres(database: Kysely<StoreTables>): Unhurried {
  return (work) =>
    database.transaction().execute(async (transaction) => {
      await sql`set local synchronous_commit = off`.execute(transaction);
      return await work(transaction);
    });
}
