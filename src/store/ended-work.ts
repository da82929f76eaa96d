import type { Transaction } from 'kysely';
import type { StoreTables, WorkTable } from './schema.ts';
import { toDelivery, toWebhookRow } from './work-rows.ts';

/** Has the webhooks called of invocations that have just ended, inside the transaction that ends them. */
export async function tellWebhooks(
  transaction: Transaction<StoreTables>,
  ended: readonly WorkTable[],
  at: Date,
): Promise<void> {
  const calls = ended.map((work) => toWebhookRow(work, at)).filter((row) => row !== undefined);
  if (calls.length === 0) return;
  await transaction.insertInto('work').values(calls).execute();
  await transaction
    .updateTable('invocations')
    .set({ webhook: toDelivery({ state: 'pending', attempts: 0 }) })
    .where(
      'id',
      'in',
      calls.map((row) => row.invocation_id),
    )
    .execute();
}
