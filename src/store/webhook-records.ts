import type { Kysely, Transaction } from 'kysely';
import type { ClaimRequest } from '../async/claim-request.ts';
import type { ClaimedCall, WebhookStore } from '../async/webhooks/webhook-store.ts';
import { failpoint } from '../failpoints.ts';
import { nothingKept, type WebhookDelivery } from '../history/invocation-record.ts';
import { claimDue, nextDue } from './due-work.ts';
import { toPayload, toRecord } from './invocation-rows.ts';
import { heldBy } from './leases.ts';
import type { StoreTables, WorkTable } from './schema.ts';
import { noLease, toDelivery, webhookOf } from './work-rows.ts';

/** Calls of webhooks in the table of what is still to be done. */
export class WebhookRecords implements WebhookStore {
  readonly #database: Kysely<StoreTables>;

  constructor(database: Kysely<StoreTables>) {
    this.#database = database;
  }

  claim(request: ClaimRequest): Promise<ClaimedCall | undefined> {
    return claimDue(this.#database, { kind: 'webhook', ...request }, read);
  }

  nextDue(after: Date): Promise<Date | undefined> {
    return nextDue(this.#database, 'webhook', after);
  }

  putBack({ record, leaseToken }: ClaimedCall, delivery: WebhookDelivery, dueAt: Date): Promise<boolean> {
    return this.#database.transaction().execute(async (transaction) => {
      const { numUpdatedRows } = await transaction
        .updateTable('work')
        .set({ due_at: dueAt.toISOString(), ...noLease })
        .where(heldBy(leaseToken, 'webhook', record.id))
        .executeTakeFirst();
      if (numUpdatedRows === 0n) return false;
      await writeDelivery(transaction, record.id, delivery);
      failpoint('webhook.put_back_before_commit');
      return true;
    });
  }

  end({ record, leaseToken }: ClaimedCall, delivery: WebhookDelivery): Promise<boolean> {
    return this.#database.transaction().execute(async (transaction) => {
      const { numDeletedRows } = await transaction
        .deleteFrom('work')
        .where(heldBy(leaseToken, 'webhook', record.id))
        .executeTakeFirst();
      if (numDeletedRows === 0n) return false;
      await writeDelivery(transaction, record.id, delivery);
      failpoint('webhook.end_before_commit');
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
