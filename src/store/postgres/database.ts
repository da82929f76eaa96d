import { setTimeout as sleep } from 'node:timers/promises';
import { Kysely, sql, type Transaction, type TransactionBuilder } from 'kysely';
import type { StoreTables } from '../schema.ts';
import { Connections, type ConnectionOptions } from './connections.ts';
import { StoreDialect } from './dialect.ts';
import { isTransient } from './postgres-failure.ts';
import { Turns } from './turns.ts';

/** Any number that other programs on the same database do not use: the letters "SRaS". */
const transactionLock = 0x53526153;

const maxWaitMs = 10_000;
const maxAttempts = 5;

/**
 * The tables in a PostgreSQL. Its transactions run one after another, those of other servers on the same schema included, as
 * they do in the embedded database: what one has read stays true until it commits, whichever rows it reads. A transaction is run
 * again when PostgreSQL undid it for the sake of another (SQLSTATE 40001 and 40P01), so it must do nothing but speak to the
 * database. One that asks for an isolation level of its own does without both.
 */
export class PostgresDatabase extends Kysely<StoreTables> {
  readonly #turns = new Turns(maxWaitMs);
  readonly #connections: Connections;

  constructor(options: ConnectionOptions) {
    const connections = new Connections(options);
    super({ dialect: new StoreDialect({ pool: connections }) });
    this.#connections = connections;
  }

  /** Whether it was over one of these connections that a process of PostgreSQL, by its number, did something. */
  isDoing(backend: number): boolean {
    return this.#connections.serves(backend);
  }

  override transaction(): TransactionBuilder<StoreTables> {
    const builder = super.transaction();
    const once = builder.execute.bind(builder);
    return Object.assign(builder, {
      execute: <Value>(work: (transaction: Transaction<StoreTables>) => Promise<Value>): Promise<Value> =>
        // The line is in front of the connections: those who wait in it must not keep readers from getting one.
        this.#turns.take(() => again(() => once((transaction) => alone(transaction, work)))),
    });
  }
}

/** The lock is the transaction's own, and goes with it however it ends. */
async function alone<Value>(
  transaction: Transaction<StoreTables>,
  work: (transaction: Transaction<StoreTables>) => Promise<Value>,
): Promise<Value> {
  await sql`select pg_advisory_xact_lock(${transactionLock}, hashtext(current_schema()))`.execute(transaction);
  return work(transaction);
}

async function again<Value>(work: () => Promise<Value>): Promise<Value> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (attempt === maxAttempts || !isTransient(error)) throw error;
      await sleep(Math.random() * 20 * 2 ** attempt);
    }
  }
}
