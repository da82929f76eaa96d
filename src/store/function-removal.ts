import type { Transaction } from 'kysely';
import { SraasError } from '../errors.ts';
import { failpoint } from '../failpoints.ts';
import type { FunctionsTable, StoreTables } from './schema.ts';

/** Deletes a function's row and those that are nothing without it. Records of its invocations stay for their time. */
export async function removeAllOf(transaction: Transaction<StoreTables>, functionId: string): Promise<void> {
  for (const table of ['aliases', 'schedules', 'version_secrets', 'versions'] as const) {
    await transaction.deleteFrom(table).where('function_id', '=', functionId).execute();
  }
  failpoint('remove.versions_deleted');
  await transaction.deleteFrom('functions').where('id', '=', functionId).execute();
}

/** @throws SraasError `VERSION_IN_USE` when calls or work could still come to a version that nobody names by its number. */
export async function requireUnused(
  transaction: Transaction<StoreTables>,
  fn: FunctionsTable,
  number: number,
): Promise<void> {
  const what = `Version ${number} of ${fn.name}`;
  if (number === fn.latest_number) {
    throw new SraasError('VERSION_IN_USE', `${what} is the newest: deploy or roll back first, or remove the function.`);
  }
  const alias = await transaction
    .selectFrom('aliases')
    .select('name')
    .where('function_id', '=', fn.id)
    .where((expression) =>
      expression.or([expression('version', '=', number), expression('other_version', '=', number)]),
    )
    .orderBy('name')
    .limit(1)
    .executeTakeFirst();
  if (alias !== undefined) {
    throw new SraasError(
      'VERSION_IN_USE',
      `${what} is what ${fn.name}:${alias.name} points at: point it elsewhere first.`,
    );
  }
  const work = await transaction
    .selectFrom('work')
    .select('invocation_id')
    .where('function_id', '=', fn.id)
    .where('version', '=', number)
    .limit(1)
    .executeTakeFirst();
  if (work !== undefined) {
    throw new SraasError('VERSION_IN_USE', `${what} has accepted work that is not done: wait for it, or cancel it.`);
  }
}
