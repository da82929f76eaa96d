import { setImmediate as letOthers } from 'node:timers/promises';
import { sql, type Kysely } from 'kysely';
import type { HistoryListRequest } from '../history/history-store.ts';
import type { InvocationsTable, StoreTables } from './schema.ts';

/** Most rows that one statement looks at to find those that no index knows. */
const rowsPerStep = 2000;

/**
 * The newest invocations of a function that a filter lets through. An index finds them by their outcome or their state; the
 * rest of the filter is looked for step by step, so that a rare match does not keep everybody else from the database.
 */
export async function listInvocations(
  database: Kysely<StoreTables>,
  request: HistoryListRequest,
): Promise<readonly InvocationsTable[]> {
  if (!filtersRows(request)) {
    return indexed(database, request).selectAll().orderBy('id', 'desc').limit(request.limit).execute();
  }
  const found: InvocationsTable[] = [];
  let { before } = request;
  for (;;) {
    const stretch = { ...request, ...(before === undefined ? {} : { before }) };
    const end = await indexed(database, stretch)
      .select('id')
      .orderBy('id', 'desc')
      .limit(1)
      .offset(rowsPerStep - 1)
      .executeTakeFirst();
    const rows = await matching(database, stretch, end?.id)
      .selectAll()
      .orderBy('id', 'desc')
      .limit(request.limit - found.length)
      .execute();
    found.push(...rows);
    if (end === undefined || found.length === request.limit) return found;
    before = end.id;
    await letOthers();
  }
}

/** How an index finds what is asked for: those that went well are in none but the one of their function. */
function indexFor({ outcome, state }: HistoryListRequest): 'outcome' | 'state' | 'function' {
  if (outcome !== undefined && outcome !== 'ok') return 'outcome';
  return state !== undefined && state !== 'succeeded' ? 'state' : 'function';
}

/** Whether the index alone does not answer. */
function filtersRows(request: HistoryListRequest): boolean {
  const { outcome, state, mode, version } = request;
  const index = indexFor(request);
  const isLeftOver = (index !== 'outcome' && outcome !== undefined) || (index !== 'state' && state !== undefined);
  return isLeftOver || mode !== undefined || version !== undefined;
}

/** The conditions in the very words of the indexes: a database has to recognise that it may use them. */
function indexed(database: Kysely<StoreTables>, request: HistoryListRequest) {
  const { functionId, before, outcome, state } = request;
  const index = indexFor(request);
  return database
    .selectFrom('invocations')
    .where('function_id', '=', functionId)
    .$if(index === 'outcome', (query) =>
      query.where('outcome', '=', outcome ?? '').where(sql<boolean>`outcome <> 'ok'`),
    )
    .$if(index === 'state', (query) => query.where('state', '=', state ?? '').where(sql<boolean>`state <> 'succeeded'`))
    .$if(before !== undefined, (query) => query.where('id', '<', before ?? ''));
}

function matching(database: Kysely<StoreTables>, request: HistoryListRequest, from: string | undefined) {
  const { outcome, state, mode, version } = request;
  return indexed(database, request)
    .$if(from !== undefined, (query) => query.where('id', '>=', from ?? ''))
    .$if(outcome !== undefined, (query) => query.where('outcome', '=', outcome ?? ''))
    .$if(state !== undefined, (query) => query.where('state', '=', state ?? ''))
    .$if(mode !== undefined, (query) => query.where('mode', '=', mode ?? ''))
    .$if(version !== undefined, (query) => query.where('version', '=', version ?? 0));
}
