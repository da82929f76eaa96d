import type { SelectQueryBuilder, Transaction } from 'kysely';
import type { Pruned, PruneRequest } from '../history/history-store.ts';
import type { InvocationState } from '../wire/record.ts';
import type { StoreTables } from './schema.ts';

const ended: readonly InvocationState[] = ['succeeded', 'failed', 'cancelled'];

/** Removes what need not be kept of the next so many invocations, inside a transaction of the caller's. */
export async function pruneInvocations(transaction: Transaction<StoreTables>, request: PruneRequest): Promise<Pruned> {
  const last = await stretch(transaction, request)
    .select('id')
    .orderBy('id')
    .limit(1)
    .offset(request.most - 1)
    .executeTakeFirst();
  const these = { ...request, upTo: last?.id ?? request.upTo };
  await transaction
    .deleteFrom('invocation_payloads')
    .where('invocation_id', 'in', removable(stretch(transaction, these), these).select('id'))
    .execute();
  const { numDeletedRows } = await transaction
    .deleteFrom('invocations')
    .where('id', 'in', removable(stretch(transaction, these), these).select('id'))
    .executeTakeFirst();
  return { removed: Number(numDeletedRows), next: last?.id };
}

type Invocations = SelectQueryBuilder<StoreTables, 'invocations', object>;

function stretch(transaction: Transaction<StoreTables>, { after, upTo }: PruneRequest): Invocations {
  return transaction
    .selectFrom('invocations')
    .where('id', '<=', upTo)
    .$if(after !== undefined, (query) => query.where('id', '>', after ?? ''));
}

/** What is terminal. A webhook that still has to tell of an end needs what it tells of. */
function removable(query: Invocations, { endedBefore, deadLetters }: PruneRequest): Invocations {
  return query
    .where('state', 'in', deadLetters ? [...ended, 'dead'] : ended)
    .where((build) =>
      build.not(
        build.exists(
          build.selectFrom('work').select('work.invocation_id').whereRef('work.invocation_id', '=', 'invocations.id'),
        ),
      ),
    )
    .$if(endedBefore !== undefined, (inner) => inner.where('ended_at', '<', endedBefore?.toISOString() ?? ''));
}
