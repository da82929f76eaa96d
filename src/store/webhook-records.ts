import type { Kysely, Transaction } from 'kysely';
import type { CallClaimRequest, ClaimedCall, WebhookStore } from '../async/webhooks/webhook-store.ts';
import { nothingKept, type WebhookDelivery } from '../history/invocation-record.ts';
import { findDue } from './due-work.ts';
import { toPayload, toRecord } from './invocation-rows.ts';
import { takeLease } from './leases.ts';
import type { StoreTables, WorkTable } from './schema.ts';
import { noLease, toDelivery, webhookOf } from './work-rows.ts';

/** Calls of webhooks in the table of what is still to be done. */
export class WebhookRecords implements WebhookStore {
  readonly #database: Kysely<StoreTables>;

  constructor(database: Kysely<StoreTables>) {
    this.#database = database;
  }

  async claim(request: CallClaimRequest): Promise<ClaimedCall | undefined> {
    for (const due of await findDue(this.#database, { kind: 'webhook', ...request })) {
      const claimed = await this.#database.transaction().execute(async (transaction) => {
        const leaseToken = await takeLease(transaction, due, request);
        return leaseToken === undefined ? undefined : read(transaction, due, leaseToken);
      });
      if (claimed !== undefined) return claimed;
    }
    return undefined;
  }

  async nextDue(after: Date): Promise<Date | undefined> {
    const row = await this.#database
      .selectFrom('work')
      .select('due_at')
      .where('kind', '=', 'webhook')
      .where('due_at', '>', after.toISOString())
      .orderBy('due_at')
      .limit(1)
      .executeTakeFirst();
    return row && new Date(row.due_at);
  }

  putBack({ record, leaseToken }: ClaimedCall, delivery: WebhookDelivery, dueAt: Date): Promise<boolean> {
    return this.#database.transaction().execute(async (transaction) => {
      const { numUpdatedRows } = await transaction
        .updateTable('work')
        .set({ due_at: dueAt.toISOString(), ...noLease })
        .where('invocation_id', '=', record.id)
        .where('kind', '=', 'webhook')
        .where('lease_token', '=', leaseToken)
        .executeTakeFirst();
      if (numUpdatedRows === 0n) return false;
      await writeDelivery(transaction, record.id, delivery);
      return true;
    });
  }

  end({ record, leaseToken }: ClaimedCall, delivery: WebhookDelivery): Promise<boolean> {
    return this.#database.transaction().execute(async (transaction) => {
      const { numDeletedRows } = await transaction
        .deleteFrom('work')
        .where('invocation_id', '=', record.id)
        .where('kind', '=', 'webhook')
        .where('lease_token', '=', leaseToken)
        .executeTakeFirst();
      if (numDeletedRows === 0n) return false;
      await writeDelivery(transaction, record.id, delivery);
      return true;
    });
  }
}

async function read(
  transaction: Transaction<StoreTables>,
  due: WorkTable,
  leaseToken: string,
): Promise<ClaimedCall | undefined> {
  const row = await transaction
    .selectFrom('invocations')
    .selectAll()
    .where('id', '=', due.invocation_id)
    .executeTakeFirst();
  if (row === undefined) {
    // Whoever removed the invocation should have removed this as well: there is nothing to tell.
    await transaction.deleteFrom('work').where('lease_token', '=', leaseToken).execute();
    return undefined;
  }
  const payload = await transaction
    .selectFrom('invocation_payloads')
    .selectAll()
    .where('invocation_id', '=', due.invocation_id)
    .executeTakeFirst();
  return {
    record: toRecord(row),
    payload: payload === undefined ? nothingKept : toPayload(payload),
    webhook: webhookOf(due),
    attempt: due.attempt + 1,
    expiresAt: new Date(due.expires_at),
    leaseToken,
  };
}

async function writeDelivery(
  transaction: Transaction<StoreTables>,
  invocationId: string,
  delivery: WebhookDelivery,
): Promise<void> {
  await transaction
    .updateTable('invocations')
    .set({ webhook: toDelivery(delivery) })
    .where('id', '=', invocationId)
    .execute();
}
