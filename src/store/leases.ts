import { randomUUID } from 'node:crypto';
import type { Expression, ExpressionBuilder, Kysely, SqlBool, Transaction } from 'kysely';
import type { ClaimRequest } from '../async/claim-request.ts';
import type { StoreTables, WorkTable } from './schema.ts';

/** Takes the lease of work that was free a moment ago, and counts the attempt. Undefined when somebody was faster. */
export async function takeLease(
  transaction: Transaction<StoreTables>,
  work: WorkTable,
  { now, leaseUntil, leasedBy }: Omit<ClaimRequest, 'fullFunctions'>,
): Promise<string | undefined> {
  const token = randomUUID();
  const { numUpdatedRows } = await transaction
    .updateTable('work')
    .set({
      attempt: work.attempt + 1,
      lease_token: token,
      lease_until: leaseUntil.toISOString(),
      leased_by: leasedBy,
    })
    .where('invocation_id', '=', work.invocation_id)
    .where('kind', '=', work.kind)
    .where('attempt', '=', work.attempt)
    .where((free) => free.or([free('lease_token', 'is', null), free('lease_until', '<=', now.toISOString())]))
    .executeTakeFirst();
  return numUpdatedRows > 0n ? token : undefined;
}

/** Finds the work of an invocation only while the token is that of its lease: whoever has lost it changes nothing. */
export function heldBy(
  token: string,
  kind: WorkTable['kind'],
  invocationId: string,
): (work: ExpressionBuilder<StoreTables, 'work'>) => Expression<SqlBool> {
  return (work) => work.and({ invocation_id: invocationId, kind, lease_token: token });
}

/** Resolves with the tokens that are still good. */
export async function renewLeases(
  database: Kysely<StoreTables>,
  kind: WorkTable['kind'],
  tokens: readonly string[],
  leaseUntil: Date,
): Promise<ReadonlySet<string>> {
  if (tokens.length === 0) return new Set();
  const rows = await database
    .updateTable('work')
    .set({ lease_until: leaseUntil.toISOString() })
    .where('kind', '=', kind)
    .where('lease_token', 'in', tokens)
    .returning('lease_token')
    .execute();
  return new Set(rows.map((row) => row.lease_token ?? ''));
}
