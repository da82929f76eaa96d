import { sql, type Kysely } from 'kysely';
import { SraasError } from '../../errors.ts';
import type { DatabaseAddress } from '../database-address.ts';
import type { StoreTables } from '../schema.ts';

const oldestVersion = 15;

/** The query builder's own tables, made before the first step. */
const bookkeeping: ReadonlySet<string> = new Set(['kysely_migration', 'kysely_migration_lock']);

/** What a PostgreSQL says of itself. */
export interface ServerFacts {
  readonly version: string;
  readonly version_number: number;
  readonly encoding: string;
  readonly read_only: boolean;
  /** The first of the search path that exists; empty when none does. */
  readonly schema: string;
  readonly may_create: boolean;
}

/** What a database is found to be before anything is changed. */
export interface Examined {
  /** The schema that the tables are in, or will be made in. */
  readonly schema: string;
  /** Names of the steps that it has taken. */
  readonly taken: readonly string[];
  /** Of PostgreSQL. */
  readonly version: string;
}

/**
 * Makes sure that a database can be used and is ours or empty. Changes nothing.
 *
 * @param known names of all steps of this version.
 * @throws SraasError `STORE_UNAVAILABLE`, with a sentence that says what to do.
 */
export async function examine(
  database: Kysely<StoreTables>,
  { host, database: name }: DatabaseAddress,
  known: readonly string[],
): Promise<Examined> {
  const server = await askServer(database);
  const place = `The database ${name === '' ? '' : `${name} `}on ${host}`;
  const refuse = (rest: string): SraasError => new SraasError('STORE_UNAVAILABLE', `${place} ${rest}`);
  const unfit = judge(server);
  if (unfit !== undefined) throw refuse(unfit);
  const taken = await stepsTaken(database, server.schema, known[0]);
  if (taken === 'foreign') {
    throw refuse(
      `holds tables of another program in the schema ${server.schema}: give this server a database of its own.`,
    );
  }
  if (taken.some((step) => !known.includes(step))) {
    throw refuse(
      `was written by a newer sraas (schema ${taken.length}, this one knows ${known.length}): ` +
        'start that version, or restore a backup from before the update.',
    );
  }
  if (taken.length < known.length && !server.may_create) {
    throw refuse(
      `lets this user make no tables in the schema ${server.schema}: \`grant create on schema ${server.schema} to …\`.`,
    );
  }
  return { schema: server.schema, taken, version: server.version };
}

/** What is wrong with a server whatever it holds, as the rest of a sentence about the database; undefined when nothing is. */
export function judge(server: Omit<ServerFacts, 'may_create'>): string | undefined {
  if (server.version_number < oldestVersion * 10_000) {
    return `is a PostgreSQL ${server.version}: this server needs ${oldestVersion} or newer.`;
  }
  if (server.encoding !== 'UTF8') {
    return `has the encoding ${server.encoding}: make one with \`create database … encoding 'UTF8'\`.`;
  }
  if (server.read_only) return 'can only be read, as a standby can: name the primary.';
  if (server.schema === '') return 'has none of the schemas of its search path: create one, and try again.';
  return undefined;
}

async function askServer(database: Kysely<StoreTables>): Promise<ServerFacts> {
  const { rows } = await sql<ServerFacts>`
    select current_setting('server_version') as version, current_setting('server_version_num')::int as version_number,
      current_setting('server_encoding') as encoding, current_setting('transaction_read_only') = 'on' as read_only,
      coalesce(current_schema()::text, '') as schema,
      coalesce(has_schema_privilege(current_schema(), 'create'), false) as may_create`.execute(database);
  const [server] = rows;
  if (server === undefined) throw new Error('PostgreSQL answered without a row');
  return server;
}

async function stepsTaken(
  database: Kysely<StoreTables>,
  schema: string,
  firstStep: string | undefined,
): Promise<readonly string[] | 'foreign'> {
  const tables = await tablesIn(database, schema);
  if (tables.length === 0) return [];
  const steps = tables.includes('kysely_migration')
    ? await sql<{ readonly name: string }>`select name from ${sql.id(schema, 'kysely_migration')} order by name`
        .execute(database)
        .then(({ rows }) => rows.map((row) => row.name))
    : [];
  // Another program may use the same query builder: its steps have other names.
  const ours = steps.length === 0 ? tables.every((table) => bookkeeping.has(table)) : steps[0] === firstStep;
  return ours ? steps : 'foreign';
}

/** Tables that belong to an extension came with it, and are nobody's data. */
async function tablesIn(database: Kysely<StoreTables>, schema: string): Promise<readonly string[]> {
  const { rows } = await sql<{ readonly name: string }>`
    select relname::text as name from pg_class
    where relnamespace = (select oid from pg_namespace where nspname = ${schema}) and relkind in ('r', 'p')
      and not exists (select from pg_depend where classid = 'pg_class'::regclass and objid = pg_class.oid and deptype = 'e')`.execute(
    database,
  );
  return rows.map((row) => row.name);
}
