import { setImmediate as letOthers } from 'node:timers/promises';
import { CompiledQuery, type Kysely } from 'kysely';
import type { StoreTables } from './schema.ts';

/** Rows that one statement inserts: few texts, which stay prepared. */
const rowsPerStatement = 25;

/**
 * Inserts many rows by statements that the query builder wrote once: building a statement of some hundred values takes it
 * several times as long as the database needs for it.
 */
export class RepeatedInsert<Row extends object> {
  readonly #compile: (rows: readonly Row[]) => CompiledQuery;
  /** By the number of rows. */
  readonly #texts = new Map<number, string>();

  /** @param compile builds the statement for rows that have all columns, always in the same order, and no undefined. */
  constructor(compile: (rows: readonly Row[]) => CompiledQuery) {
    this.#compile = compile;
  }

  /** As many rows as a statement takes at a time, a millisecond's work, and what is left over one by one. */
  async insert(database: Kysely<StoreTables>, rows: readonly Row[]): Promise<void> {
    const whole = rows.length - (rows.length % rowsPerStatement);
    for (let start = 0; start < whole; start += rowsPerStatement) {
      await database.executeQuery(this.#statement(rows.slice(start, start + rowsPerStatement)));
      // An embedded database works in this thread: a moment for calls that wait for it.
      await letOthers();
    }
    for (const row of rows.slice(whole)) await database.executeQuery(this.#statement([row]));
  }

  #statement(rows: readonly Row[]): CompiledQuery {
    const text = this.#texts.get(rows.length) ?? this.#compile(rows).sql;
    this.#texts.set(rows.length, text);
    const values: unknown[] = [];
    for (const row of rows) values.push(...(Object.values(row) as unknown[]));
    return CompiledQuery.raw(text, values);
  }
}
