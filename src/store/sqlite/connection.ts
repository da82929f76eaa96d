import type { DatabaseSyncInstance, StatementSyncInstance } from '@photostructure/sqlite';
import type { SqliteDatabase, SqliteStatement } from 'kysely';
import { refuseMangledText } from '../well-formed.ts';
import { fromSqlite } from './sqlite-failure.ts';

/** Most statements that are kept prepared; the query builder writes the same few texts again and again. */
const maxStatements = 100;

/** A connection in the form that the query builder's SQLite dialect drives. Its failures have codes of the one table. */
export class SqliteConnection implements SqliteDatabase {
  readonly #database: DatabaseSyncInstance;
  readonly #statements = new Map<string, Statement>();

  constructor(database: DatabaseSyncInstance) {
    this.#database = database;
  }

  /** False as well when SQLite itself ended the transaction, as it does when the disk is full. */
  get inTransaction(): boolean {
    return this.#database.isTransaction;
  }

  prepare(sql: string): SqliteStatement {
    const statement = this.#statements.get(sql) ?? new Statement(withCodes(() => this.#database.prepare(sql)));
    this.#statements.delete(sql);
    this.#statements.set(sql, statement);
    if (this.#statements.size > maxStatements) {
      const oldest = this.#statements.keys().next();
      if (!oldest.done) this.#statements.delete(oldest.value);
    }
    return statement;
  }

  /**
   * Leaves one whole file behind where it can: the binding keeps prepared statements until they are collected, and while
   * one lives SQLite does not fold the log into the database by itself.
   */
  close(): void {
    this.#statements.clear();
    try {
      this.#database.exec('pragma busy_timeout = 0; pragma journal_mode = delete');
    } catch {
      // Another program looks into the database, or the disk fails: the log stays, and the next start reads it.
    } finally {
      this.#database.close();
    }
  }
}

class Statement implements SqliteStatement {
  readonly reader: boolean;
  readonly #statement: StatementSyncInstance;

  constructor(statement: StatementSyncInstance) {
    this.#statement = statement;
    this.reader = statement.columns().length > 0;
  }

  all(parameters: readonly unknown[]): unknown[] {
    refuseMangledText(parameters);
    return withCodes((): unknown[] => this.#statement.all(...parameters));
  }

  run(parameters: readonly unknown[]): {
    readonly changes: number | bigint;
    readonly lastInsertRowid: number | bigint;
  } {
    refuseMangledText(parameters);
    return withCodes(() => this.#statement.run(...parameters));
  }

  /** Reads all rows at once: a statement that is shared must not be left half way through its rows. */
  iterate(parameters: readonly unknown[]): IterableIterator<unknown> {
    return this.all(parameters).values();
  }
}

function withCodes<Value>(call: () => Value): Value {
  try {
    return call();
  } catch (error) {
    throw fromSqlite(error);
  }
}
