import { PostgresAdapter, type Transaction } from 'kysely';
import type { AcceptedWork } from '../async/work.ts';
import { SraasError } from '../errors.ts';
import { failpoint } from '../failpoints.ts';
import { toInvocationsRow, toPayloadsRow } from './invocation-rows.ts';
import type { StoreTables } from './schema.ts';
import { toWorkRow } from './work-rows.ts';

/**
 * Accepts an async invocation inside a transaction of the caller's: its record, its bytes, and that it is to be run.
 * @throws SraasError VERSION_NOT_FOUND when the version, or its function, was removed meanwhile.
 */
export async function insertAcceptedWork(transaction: Transaction<StoreTables>, work: AcceptedWork): Promise<void> {
  const { record, envelope } = work;
  await requireVersion(transaction, work);
  await transaction.insertInto('invocations').values(toInvocationsRow(record)).execute();
  await transaction
    .insertInto('invocation_payloads')
    .values(toPayloadsRow(record.id, { envelope, result: undefined, logs: undefined }))
    .execute();
  await transaction.insertInto('work').values(toWorkRow(work)).execute();
  failpoint('async.accept_before_commit');
}

/** Held against its removal until the work is there for the removal to see; SQLite has one writer at a time anyway. */
async function requireVersion(transaction: Transaction<StoreTables>, { record }: AcceptedWork): Promise<void> {
  const found = await transaction
    .selectFrom('versions')
    .select('number')
    .where('function_id', '=', record.functionId)
    .where('number', '=', record.functionVersion)
    .$if(transaction.getExecutor().adapter instanceof PostgresAdapter, (query) => query.forKeyShare())
    .executeTakeFirst();
  if (found !== undefined) return;
  throw new SraasError(
    'VERSION_NOT_FOUND',
    `The version ${record.functionVersion} of ${record.functionName} was removed meanwhile.`,
  );
}
