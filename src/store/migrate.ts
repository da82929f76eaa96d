import { Migrator, type Kysely, type Migration } from 'kysely';
import { SraasError } from '../errors.ts';
import { failpoint } from '../failpoints.ts';
import type { StoreTables } from './schema.ts';

/**
 * Brings a database to the schema that the steps describe. Steps that are done already are left alone; on databases that
 * can change tables in a transaction, a step that fails undoes all of this run, and the server before goes on working.
 *
 * @returns the names of the steps that were taken now.
 * @param schema of the tables that say which steps are done, on databases that have schemas.
 * @throws SraasError `STORE_UNAVAILABLE`, or the store's own error when it could not be read or written.
 */
export async function migrate(
  database: Kysely<StoreTables>,
  migrations: Readonly<Record<string, Migration>>,
  schema?: string,
): Promise<readonly string[]> {
  const migrator = new Migrator({
    db: database,
    ...(schema === undefined ? {} : { migrationTableSchema: schema }),
    provider: { getMigrations: () => Promise.resolve(withFailpoint(migrations)) },
  });
  const { error, results } = await migrator.migrateToLatest();
  if (error === undefined) return (results ?? []).map((result) => result.migrationName);
  if (error instanceof SraasError) throw error;
  const failed = results?.find((result) => result.status === 'Error')?.migrationName;
  throw new SraasError(
    'STORE_UNAVAILABLE',
    `The database could not be brought to this version's schema${failed === undefined ? '' : ` (step ${failed})`}. ` +
      'It is unchanged: go on with the version of sraas that used it last, and report this with the cause in the log.',
    { cause: error },
  );
}

function withFailpoint(migrations: Readonly<Record<string, Migration>>): Record<string, Migration> {
  const steps = Object.entries(migrations).map(([name, step]): [string, Migration] => {
    const up = async (database: Kysely<unknown>): Promise<void> => {
      await step.up(database);
      failpoint('migration.step_done');
    };
    return [name, { ...step, up }];
  });
  return Object.fromEntries(steps);
}
