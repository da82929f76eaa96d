import type { Transaction } from 'kysely';
import type { FunctionsTable, StoreTables } from './schema.ts';

/**
 * The row of a function, held against other writers until the transaction ends. Whoever changes what belongs to a function
 * takes it first, so that nothing is left of one that is being removed.
 */
export async function lockFunction(
  transaction: Transaction<StoreTables>,
  name: string,
): Promise<FunctionsTable | undefined> {
  // Changes nothing, but takes the row's lock on databases that have row locks.
  await transaction.updateTable('functions').set({ name }).where('name', '=', name).execute();
  return transaction.selectFrom('functions').selectAll().where('name', '=', name).executeTakeFirst();
}
