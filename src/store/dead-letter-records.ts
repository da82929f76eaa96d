import { sql, type Kysely, type Transaction } from 'kysely';
import type { DeadLetterListRequest, DeadLetterStore } from '../async/dead-letter-store.ts';
import type { InvocationRecord } from '../history/invocation-record.ts';
import { toRecord } from './invocation-rows.ts';
import type { StoreTables } from './schema.ts';

/** Dead letters, which are rows of the invocations like others. */
export class DeadLetterRecords implements DeadLetterStore {
  readonly #database: Kysely<StoreTables>;

  constructor(database: Kysely<StoreTables>) {
    this.#database = database;
  }

  async listDead({ functionName, before, limit }: DeadLetterListRequest): Promise<readonly InvocationRecord[]> {
    const rows = await dead(this.#database, functionName)
      .$if(before !== undefined, (query) => query.where('id', '<', before ?? ''))
      .selectAll()
      .orderBy('id', 'desc')
      .limit(limit)
      .execute();
    return rows.map(toRecord);
  }

  async countDead(): Promise<number> {
    const { count } = await this.#database
      .selectFrom('invocations')
      .select(({ fn }) => fn.countAll().as('count'))
      // As the index has it: it is not used for a value that is bound.
      .where('state', '=', sql.lit<'dead'>('dead'))
      .executeTakeFirstOrThrow();
    return Number(count);
  }

  async removeDead(invocationId: string): Promise<boolean> {
    return this.#database.transaction().execute(async (transaction) => {
      const found = await dead(transaction).select('id').where('id', '=', invocationId).execute();
      return (await remove(transaction, found)) === 1;
    });
  }

  async purgeDead({ functionName, most }: { readonly functionName?: string; readonly most: number }): Promise<number> {
    return this.#database.transaction().execute(async (transaction) => {
      const found = await dead(transaction, functionName).select('id').orderBy('id').limit(most).execute();
      return remove(transaction, found);
    });
  }
}

function dead(database: Kysely<StoreTables>, functionName?: string) {
  return database
    .selectFrom('invocations')
    .where('state', '=', 'dead')
    .$if(functionName !== undefined, (query) => query.where('function_name', '=', functionName ?? ''));
}

async function remove(
  transaction: Transaction<StoreTables>,
  found: readonly { readonly id: string }[],
): Promise<number> {
  const ids = found.map(({ id }) => id);
  if (ids.length === 0) return 0;
  await transaction.deleteFrom('invocation_payloads').where('invocation_id', 'in', ids).execute();
  // A webhook that was not told yet has nothing left to tell of.
  await transaction.deleteFrom('work').where('invocation_id', 'in', ids).execute();
  const { numDeletedRows } = await transaction
    .deleteFrom('invocations')
    .where('id', 'in', ids)
    .where('state', '=', 'dead')
    .executeTakeFirst();
  return Number(numDeletedRows);
}
