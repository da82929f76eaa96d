import { sql, type Kysely, type Transaction } from 'kysely';
import type { ClaimRequest } from '../async/claim-request.ts';
import { takeLease } from './leases.ts';
import type { StoreTables, WorkTable } from './schema.ts';

interface DueRequest extends ClaimRequest {
  readonly kind: WorkTable['kind'];
  readonly heldTokens?: readonly string[];
}

/** Tried in turn, should other servers be faster. */
const candidates = 10;

/**
 * Takes the lease of what has been due longest, and begins it in the same transaction.
 * @param begin says undefined where there is nothing to begin any more: then the next one is tried.
 */
export async function claimDue<T>(
  database: Kysely<StoreTables>,
  request: DueRequest,
  begin: (transaction: Transaction<StoreTables>, due: WorkTable, leaseToken: string) => Promise<T | undefined>,
): Promise<T | undefined> {
  // Looked for before the transaction, which keeps others from writing.
  for (const due of await findDue(database, request)) {
    const claimed = await database.transaction().execute(async (transaction) => {
      const leaseToken = await takeLease(transaction, due, request);
      return leaseToken === undefined ? undefined : begin(transaction, due, leaseToken);
    });
    if (claimed !== undefined) return claimed;
  }
  return undefined;
}

/** When the next work of a kind becomes due after a time; undefined when none does. */
export async function nextDue(
  database: Kysely<StoreTables>,
  kind: WorkTable['kind'],
  after: Date,
): Promise<Date | undefined> {
  const row = await database
    .selectFrom('work')
    .select('due_at')
    .where('kind', '=', kind)
    .where('due_at', '>', after.toISOString())
    .orderBy('due_at')
    .limit(1)
    .executeTakeFirst();
  return row && new Date(row.due_at);
}

/**
 * What is due and nobody has: of each function the one that has been due longest, the longest first. It steps from function to
 * function by the index, so that a long queue of one that may not begin any more costs nothing.
 */
async function findDue(
  database: Kysely<StoreTables>,
  { kind, now, fullFunctions, heldTokens = [] }: DueRequest,
): Promise<readonly WorkTable[]> {
  const time = now.toISOString();
  const isFull = fullFunctions.length === 0 ? sql`` : sql`and waiting.function_id not in (${sql.join(fullFunctions)})`;
  const isHeld = heldTokens.length === 0 ? sql`` : sql`and free.lease_token not in (${sql.join(heldTokens)})`;
  const { rows } = await sql<WorkTable>`
    with recursive waiting (function_id) as (
      select (select min(function_id) from work where kind = ${kind})
      union all
      select (select min(work.function_id) from work where work.kind = ${kind} and work.function_id > waiting.function_id)
      from waiting
      where waiting.function_id is not null
    )
    select work.*
    from waiting
    join work on work.kind = ${kind} and work.invocation_id = (
      select free.invocation_id
      from work as free
      where free.kind = ${kind} and free.function_id = waiting.function_id and free.due_at <= ${time}
        and (free.lease_token is null or (free.lease_until <= ${time} ${isHeld}))
      order by free.due_at, free.invocation_id
      limit 1
    )
    where waiting.function_id is not null ${isFull}
    order by work.due_at, work.invocation_id
    limit ${sql.lit(candidates)}
  `.execute(database);
  return rows;
}
