import {
  CompiledQuery,
  SqliteAdapter,
  SqliteDialect,
  SqliteDriver,
  type DatabaseConnection,
  type DialectAdapter,
  type Driver,
} from 'kysely';
import type { SqliteConnection } from './connection.ts';
import { Patience } from './patience.ts';

/** The query builder's SQLite dialect, with transactions that take the write lock when they begin, and wait for it. */
export class StoreDialect extends SqliteDialect {
  readonly #connection: SqliteConnection;
  readonly #patienceMs: number;

  /** @param patienceMs how long a write waits for another program that writes. */
  constructor(connection: SqliteConnection, patienceMs = 0) {
    super({ database: connection });
    this.#connection = connection;
    this.#patienceMs = patienceMs;
  }

  override createDriver(): Driver {
    return new ImmediateDriver(this.#connection, new Patience(this.#patienceMs));
  }

  override createAdapter(): DialectAdapter {
    return new TransactionalAdapter();
  }
}

class ImmediateDriver extends SqliteDriver {
  readonly #connection: SqliteConnection;
  readonly #patience: Patience;

  constructor(connection: SqliteConnection, patience: Patience) {
    super({ database: connection });
    this.#connection = connection;
    this.#patience = patience;
  }

  override async acquireConnection(): Promise<DatabaseConnection> {
    const connection = await super.acquireConnection();
    return {
      // Inside a transaction the lock is held already: nobody else can be in the way.
      executeQuery: (query) =>
        this.#connection.inTransaction
          ? connection.executeQuery(query)
          : this.#patience.run(() => connection.executeQuery(query)),
      streamQuery: (query, chunkSize) => connection.streamQuery(query, chunkSize),
    };
  }

  override async beginTransaction(connection: DatabaseConnection): Promise<void> {
    // A transaction that reads first and writes later could find that another program wrote in between.
    await connection.executeQuery(CompiledQuery.raw('begin immediate'));
  }

  override async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    if (this.#connection.inTransaction) await super.rollbackTransaction(connection);
  }
}

class TransactionalAdapter extends SqliteAdapter {
  /** SQLite undoes changes of tables like any other; this makes the query builder run all migrations in one transaction. */
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}
