import type { PostgresCursor, PostgresPool, PostgresPoolClient, PostgresQueryResult } from 'kysely';
import { Pool, type PoolClient } from 'pg';
import { refuseMangledText } from '../well-formed.ts';
import { endsConnection, fromPostgres } from './postgres-failure.ts';
import { Sockets } from './sockets.ts';

export interface ConnectionOptions {
  /** Holds the password. */
  readonly url: string;
  /** Most connections at a time. */
  readonly most: number;
  /** Longest time of one statement; 0 for any time. */
  readonly statementTimeoutMs: number;
}

const connectTimeoutMs = 5000;
/** As long as a write on the embedded database waits for another program. */
const lockTimeoutMs = 5000;
/** A transaction that this server began and forgot would hold its locks against all others. */
const idleTransactionTimeoutMs = 30_000;
/** A connection that nobody has needed for this long is closed: making one anew takes some milliseconds. */
const idleMs = 60_000;
/** How much longer than its own limit an answer may take before the connection counts as dead. */
const answerGraceMs = 5000;

/** Connections to a PostgreSQL in the form that the query builder's dialect drives. Failures have codes of the one table. */
export class Connections implements PostgresPool {
  readonly #pool: Pool;
  readonly #setUp: string;
  readonly #known = new WeakMap<PoolClient, Connection>();
  readonly #sockets = new Sockets();
  readonly #backends = new Set<number>();

  constructor({ url, most, statementTimeoutMs }: ConnectionOptions) {
    this.#pool = new Pool({
      connectionString: url,
      application_name: 'sraas',
      max: most,
      connectionTimeoutMillis: connectTimeoutMs,
      idleTimeoutMillis: idleMs,
      stream: () => this.#sockets.make(),
      keepAlive: true,
      // A machine that vanished answers nothing, not even that the time is up.
      ...(statementTimeoutMs === 0 ? {} : { query_timeout: statementTimeoutMs + answerGraceMs }),
    });
    // A connection that breaks while it is idle is taken out of the pool; whoever comes next gets a new one. The statement of
    // a busy one fails as well, which is where it is dealt with: but an event without a listener would end the process.
    this.#pool.on('error', () => undefined);
    this.#pool.on('connect', (client) => {
      client.on('error', () => undefined);
      this.#backends.add(backendOf(client));
    });
    this.#pool.on('remove', (client) => {
      this.#backends.delete(backendOf(client));
    });
    this.#setUp = `
      set statement_timeout = ${statementTimeoutMs};
      set lock_timeout = ${lockTimeoutMs};
      set idle_in_transaction_session_timeout = ${idleTransactionTimeoutMs};
      select set_config('synchronous_commit', 'on', false) where current_setting('synchronous_commit') = 'off'`;
  }

  async connect(): Promise<PostgresPoolClient> {
    const client = await withCodes(() => this.#pool.connect());
    const known = this.#known.get(client);
    if (known !== undefined) return known;
    const connection = new Connection(client);
    try {
      await connection.query(this.#setUp, []);
    } catch (error) {
      connection.release();
      throw error;
    }
    this.#known.set(client, connection);
    return connection;
  }

  /** Whether a process of PostgreSQL, by its number, serves one of these connections. */
  serves(backend: number): boolean {
    return this.#backends.has(backend);
  }

  /** A database that does not answer any more keeps nobody from stopping. */
  async end(): Promise<void> {
    await this.#pool.end();
    await this.#sockets.close();
  }
}

class Connection implements PostgresPoolClient {
  readonly #client: PoolClient;
  /** What ended it: its end may be long in coming, and whatever is asked of it until then gets no answer. */
  #ended: { readonly failure: unknown } | undefined;

  constructor(client: PoolClient) {
    this.#client = client;
  }

  query<Row>(sql: string, parameters: readonly unknown[]): Promise<PostgresQueryResult<Row>>;
  query<Row>(cursor: PostgresCursor<Row>): PostgresCursor<Row>;
  query<Row>(
    sql: string | PostgresCursor<Row>,
    parameters: readonly unknown[] = [],
  ): Promise<PostgresQueryResult<Row>> | PostgresCursor<Row> {
    if (typeof sql !== 'string') throw new TypeError('nothing here reads rows through a cursor');
    return this.#query(sql, parameters);
  }

  /** A connection that failed in itself goes. */
  release(): void {
    this.#client.release(this.#ended !== undefined);
  }

  async #query<Row>(sql: string, parameters: readonly unknown[]): Promise<PostgresQueryResult<Row>> {
    refuseMangledText(parameters);
    if (this.#ended !== undefined) throw this.#ended.failure;
    try {
      // The client's type of a result is wider than the query builder's, and the rows are what the statement says.
      return (await this.#client.query(sql, [...parameters])) as unknown as PostgresQueryResult<Row>;
    } catch (error) {
      const failure = fromPostgres(error);
      if (endsConnection(error)) this.#ended = { failure };
      throw failure;
    }
  }
}

/** The client's types leave it out. Source: PostgreSQL's protocol, BackendKeyData. */
function backendOf(client: PoolClient): number {
  return (client as unknown as { readonly processID: number }).processID;
}

async function withCodes<Value>(call: () => Promise<Value>): Promise<Value> {
  try {
    return await call();
  } catch (error) {
    throw fromPostgres(error);
  }
}
