import { setImmediate as letOthers } from 'node:timers/promises';
import type { Kysely } from 'kysely';
import { failpoint } from '../failpoints.ts';
import type { HistoryEntry, HistoryListRequest, HistoryStore, Pruned, PruneRequest } from '../history/history-store.ts';
import type { InvocationPayload, InvocationRecord } from '../history/invocation-record.ts';
import { listInvocations } from './invocation-list.ts';
import { toInvocationsRow, toPayload, toPayloadsRow, toRecord } from './invocation-rows.ts';
import { pruneInvocations } from './invocation-pruning.ts';
import { RepeatedInsert } from './repeated-insert.ts';
import type { InvocationPayloadsTable, InvocationsTable, StoreTables } from './schema.ts';
import type { Unhurried } from './unhurried.ts';

/** Ids that one statement steps over; a step takes about a millisecond. */
const idsPerStep = 10_000;

/** Invocations and their bytes in tables of any database that the query builder speaks to. */
export class HistoryRecords implements HistoryStore {
  readonly #database: Kysely<StoreTables>;
  readonly #unhurried: Unhurried;
  readonly #records: RepeatedInsert<InvocationsTable>;
  readonly #payloads: RepeatedInsert<InvocationPayloadsTable>;

  constructor(database: Kysely<StoreTables>, unhurried: Unhurried) {
    this.#database = database;
    this.#unhurried = unhurried;
    this.#records = new RepeatedInsert((rows) =>
      database
        .insertInto('invocations')
        .values(rows)
        .onConflict((conflict) => conflict.column('id').doNothing())
        .compile(),
    );
    this.#payloads = new RepeatedInsert((rows) =>
      database
        .insertInto('invocation_payloads')
        .values(rows)
        .onConflict((conflict) => conflict.column('invocation_id').doNothing())
        .compile(),
    );
  }

  async append(entries: readonly HistoryEntry[]): Promise<void> {
    if (entries.length === 0) return;
    await this.#unhurried(async (transaction) => {
      const records = entries.map(({ record }) => toInvocationsRow(record));
      await this.#records.insert(transaction, records);
      const payloads = entries.filter(hasBytes).map(({ record, payload }) => toPayloadsRow(record.id, payload));
      await this.#payloads.insert(transaction, payloads);
      failpoint('history.append_before_commit');
    });
  }

  async find(invocationId: string): Promise<InvocationRecord | undefined> {
    const row = await this.#database
      .selectFrom('invocations')
      .selectAll()
      .where('id', '=', invocationId)
      .executeTakeFirst();
    return row && toRecord(row);
  }

  async findPayload(invocationId: string): Promise<InvocationPayload | undefined> {
    const row = await this.#database
      .selectFrom('invocation_payloads')
      .selectAll()
      .where('invocation_id', '=', invocationId)
      .executeTakeFirst();
    return row && toPayload(row);
  }

  async list(request: HistoryListRequest): Promise<readonly InvocationRecord[]> {
    return (await listInvocations(this.#database, request)).map(toRecord);
  }

  async findBoundary(count: number): Promise<string | undefined> {
    let boundary: string | undefined;
    for (let left = count + 1; left > 0; left -= idsPerStep) {
      const before = boundary;
      const row = await this.#database
        .selectFrom('invocations')
        .select('id')
        .$if(before !== undefined, (query) => query.where('id', '<', before ?? ''))
        .orderBy('id', 'desc')
        .limit(1)
        .offset(Math.min(left, idsPerStep) - 1)
        .executeTakeFirst();
      if (row === undefined) return undefined;
      boundary = row.id;
      await letOthers();
    }
    return boundary;
  }

  async prune(request: PruneRequest): Promise<Pruned> {
    return this.#database.transaction().execute((transaction) => pruneInvocations(transaction, request));
  }
}

function hasBytes({ payload: { envelope, result, logs } }: HistoryEntry): boolean {
  return envelope !== undefined || result !== undefined || logs !== undefined;
}
