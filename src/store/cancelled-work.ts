import type { Transaction } from 'kysely';
import { tellWebhooks } from './ended-work.ts';
import type { StoreTables } from './schema.ts';

const sentence = 'The invocation was cancelled before it had ended.';

/** Cancels those of the invocations that have not ended, whoever holds them. Resolves with how many it were. */
export async function cancelAll(
  transaction: Transaction<StoreTables>,
  invocationIds: readonly string[],
  at: Date,
): Promise<number> {
  if (invocationIds.length === 0) return 0;
  const rows = await transaction
    .deleteFrom('work')
    .where('kind', '=', 'invoke')
    .where('invocation_id', 'in', invocationIds)
    .returningAll()
    .execute();
  if (rows.length === 0) return 0;
  await transaction
    .updateTable('invocations')
    .set({
      state: 'cancelled',
      outcome: null,
      error_code: 'INVOCATION_CANCELLED',
      error: JSON.stringify(sentence),
      ended_at: at.toISOString(),
    })
    .where(
      'id',
      'in',
      rows.map((row) => row.invocation_id),
    )
    .execute();
  await tellWebhooks(transaction, rows, at);
  return rows.length;
}
