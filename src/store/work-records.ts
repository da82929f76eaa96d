import type { Kysely, Transaction } from 'kysely';
import type { WorkClaimRequest, WorkStore } from '../async/work-store.ts';
import type { AcceptedWork, ClaimedWork, EndedWork, PutBackWork } from '../async/work.ts';
import { failpoint } from '../failpoints.ts';
import type { FunctionId } from '../functions/function.ts';
import type { InvocationRecord } from '../history/invocation-record.ts';
import type { AnsweredKey } from '../idempotency/idempotency-store.ts';
import { insertAcceptedWork } from './accepted-work.ts';
import { cancelAll } from './cancelled-work.ts';
import { claimDue, nextDue } from './due-work.ts';
import { tellWebhooks } from './ended-work.ts';
import { keepAnswerWith } from './idempotency-records.ts';
import { toInvocationsRow, toRecord } from './invocation-rows.ts';
import { heldBy, renewLeases } from './leases.ts';
import type { StoreTables, WorkTable } from './schema.ts';
import { invokeDetailsOf, noLease, toInvokeDetails } from './work-rows.ts';

/** Async invocations in tables of any database that the query builder speaks to. */
export class WorkRecords implements WorkStore {
  readonly #database: Kysely<StoreTables>;

  constructor(database: Kysely<StoreTables>) {
    this.#database = database;
  }

  async accept(work: AcceptedWork, answered?: AnsweredKey): Promise<void> {
    await this.#database.transaction().execute(async (transaction) => {
      await insertAcceptedWork(transaction, work);
      if (answered !== undefined) await keepAnswerWith(transaction, answered);
    });
  }

  async countWaiting(): Promise<number> {
    const { count } = await this.#database
      .selectFrom('work')
      .select(({ fn }) => fn.countAll().as('count'))
      .where('kind', '=', 'invoke')
      .executeTakeFirstOrThrow();
    return Number(count);
  }

  claim(request: WorkClaimRequest): Promise<ClaimedWork | undefined> {
    return claimDue(this.#database, { kind: 'invoke', ...request }, (transaction, due, leaseToken) =>
      begin(transaction, due, leaseToken, request.now),
    );
  }

  nextDue(after: Date): Promise<Date | undefined> {
    return nextDue(this.#database, 'invoke', after);
  }

  renew(leaseTokens: readonly string[], leaseUntil: Date): Promise<ReadonlySet<string>> {
    return renewLeases(this.#database, 'invoke', leaseTokens, leaseUntil);
  }

  async putBack(leaseToken: string, { record, dueAt, deferrals, webhook }: PutBackWork): Promise<boolean> {
    return this.#database.transaction().execute(async (transaction) => {
      const { numUpdatedRows } = await transaction
        .updateTable('work')
        .set({
          attempt: record.attempt,
          due_at: dueAt.toISOString(),
          details: toInvokeDetails({ deferrals, webhook }),
          ...noLease,
        })
        .where(heldBy(leaseToken, 'invoke', record.id))
        .executeTakeFirst();
      if (numUpdatedRows === 0n) return false;
      await write(transaction, record);
      failpoint('async.put_back_before_commit');
      return true;
    });
  }

  async end(leaseToken: string, { record, payload, keepsEnvelope }: EndedWork): Promise<boolean> {
    return this.#database.transaction().execute(async (transaction) => {
      const ended = await transaction
        .deleteFrom('work')
        .where(heldBy(leaseToken, 'invoke', record.id))
        .returningAll()
        .executeTakeFirst();
      if (ended === undefined) return false;
      await write(transaction, record);
      const { result = null, logs = null } = payload;
      await transaction
        .updateTable('invocation_payloads')
        .set({ result, logs, ...(keepsEnvelope ? {} : { envelope: null }) })
        .where('invocation_id', '=', record.id)
        .execute();
      await tellWebhooks(transaction, [ended], record.endedAt ?? new Date());
      failpoint('async.end_before_commit');
      return true;
    });
  }

  async cancel(invocationId: string, at: Date): Promise<'cancelled' | 'ended' | 'missing'> {
    return this.#database.transaction().execute(async (transaction) => {
      const cancelled = await cancelAll(transaction, [invocationId], at);
      failpoint('async.cancel_before_commit');
      if (cancelled > 0) return 'cancelled';
      const row = await transaction
        .selectFrom('invocations')
        .select('id')
        .where('id', '=', invocationId)
        .executeTakeFirst();
      return row === undefined ? 'missing' : 'ended';
    });
  }

  async cancelWaiting(functionId: FunctionId, at: Date, most: number): Promise<number> {
    return this.#database.transaction().execute(async (transaction) => {
      const rows = await transaction
        .selectFrom('work')
        .select('invocation_id')
        .where('kind', '=', 'invoke')
        .where('function_id', '=', functionId)
        .where('lease_token', 'is', null)
        .limit(most)
        .execute();
      return cancelAll(
        transaction,
        rows.map((row) => row.invocation_id),
        at,
      );
    });
  }

  async voidLeases(leasedBy?: string): Promise<number> {
    return this.#database.transaction().execute(async (transaction) => {
      const rows = await transaction
        .updateTable('work')
        .set(noLease)
        .where('lease_token', 'is not', null)
        .$if(leasedBy !== undefined, (query) => query.where('leased_by', '=', leasedBy ?? ''))
        .returning(['invocation_id', 'kind'])
        .execute();
      for (const { invocation_id: id, kind } of rows) {
        if (kind !== 'invoke') continue;
        await transaction.updateTable('invocations').set({ state: 'queued' }).where('id', '=', id).execute();
      }
      return rows.length;
    });
  }
}

async function begin(
  transaction: Transaction<StoreTables>,
  due: WorkTable,
  leaseToken: string,
  now: Date,
): Promise<ClaimedWork> {
  const row = await transaction
    .updateTable('invocations')
    .set({ state: 'running', attempt: due.attempt + 1, started_at: now.toISOString() })
    .where('id', '=', due.invocation_id)
    .returningAll()
    .executeTakeFirstOrThrow();
  const payload = await transaction
    .selectFrom('invocation_payloads')
    .select('envelope')
    .where('invocation_id', '=', due.invocation_id)
    .executeTakeFirstOrThrow();
  failpoint('async.claim_before_commit');
  return {
    record: toRecord(row),
    envelope: payload.envelope ?? new Uint8Array(),
    expiresAt: new Date(due.expires_at),
    leaseToken,
    ...invokeDetailsOf(due),
  };
}

async function write(transaction: Transaction<StoreTables>, record: InvocationRecord): Promise<void> {
  const { id, ...columns } = toInvocationsRow(record);
  await transaction.updateTable('invocations').set(columns).where('id', '=', id).execute();
}
