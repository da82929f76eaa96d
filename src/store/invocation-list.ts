import { setImmediate as letOthers } from 'node:timers/promises';
import { sql, type Kysely } from 'kysely';
import type { HistoryListRequest } from '../history/history-store.ts';
import type { InvocationsTable, StoreTables } from './schema.ts';

/** Most rows that one statement looks at to find those that no index knows. */
const rowsPerStep = 2000;

/**
 * The newest invocations of a function that a filter lets through. An index finds those that did not go well, and those that
 * nobody waited for; the rest of the filter is looked for step by step, so that a rare match does not keep everybody else from
 * the database.
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

/** The column that an index knows beside the function: calls that went well are in the index of their function alone. */
function indexedColumn({ outcome, state, mode }: HistoryListRequest): 'outcome' | 'state' | 'mode' | undefined {
  if (outcome !== undefined && outcome !== 'ok') return 'outcome';
  if (state !== undefined && state !== 'succeeded') return 'state';
  return mode !== undefined && mode !== 'sync' ? 'mode' : undefined;
}

/** Whether the index alone does not answer. */
function filtersRows(request: HistoryListRequest): boolean {
  const column = indexedColumn(request);
  return filteredColumns.some((name) => request[name] !== undefined && name !== column);
}

const filteredColumns = ['outcome', 'state', 'mode', 'version'] as const;

/** The very words of the indexes: a database has to recognise that it may use them. */
const indexConditions = {
  outcome: sql<boolean>`outcome <> 'ok'`,
  state: sql<boolean>`state <> 'succeeded'`,
  mode: sql<boolean>`mode <> 'sync'`,
} as const;

function indexed(database: Kysely<StoreTables>, request: HistoryListRequest) {
  const { functionId, before } = request;
  const column = indexedColumn(request);
  const query = database
    .selectFrom('invocations')
    .where('function_id', '=', functionId)
    .$if(before !== undefined, (wider) => wider.where('id', '<', before ?? ''));
  if (column === undefined) return query;
  return query.where(column, '=', request[column] ?? '').where(indexConditions[column]);
}

function matching(database: Kysely<StoreTables>, request: HistoryListRequest, from: string | undefined) {
  let query = indexed(database, request);
  if (from !== undefined) query = query.where('id', '>=', from);
  for (const column of filteredColumns) {
    const wanted = request[column];
    if (wanted !== undefined) query = query.where(column, '=', wanted);
  }
  return query;
}
