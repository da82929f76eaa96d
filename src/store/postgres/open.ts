import type { Migration } from 'kysely';
import { SraasError } from '../../errors.ts';
import { failpoint } from '../../failpoints.ts';
import { ArtifactPartRecords } from '../artifact-part-records.ts';
import { readDatabaseUrl, type DatabaseAddress } from '../database-address.ts';
import { readOrMakeInstanceId } from '../instance-file.ts';
import { migrate } from '../migrate.ts';
import { migrations as allMigrations } from '../migrations/all.ts';
import { recordsOf } from '../records.ts';
import { unhurriedOnPostgres } from '../unhurried.ts';
import { makeDataDirectory } from '../data-directory.ts';
import { lockDirectory } from '../sqlite/directory-lock.ts';
import type { Store } from '../store.ts';
import { PostgresChangeFeed } from './change-feed.ts';
import { PostgresDatabase } from './database.ts';
import { examine, type Examined } from './examine.ts';
import { explainRefusal } from './explain-refusal.ts';
import { ServerRecords } from './server-records.ts';

export interface PostgresStoreOptions {
  /** A postgres:// address; the tables are in the first schema of its search path. */
  readonly url: string;
  /** Of this server alone: holds `lock` and `instance-id`. Made if missing; must be on a local disk. */
  readonly directory: string;
  /** The schema's steps; all of them when left out. */
  readonly migrations?: Readonly<Record<string, Migration>>;
}

/** Of PostgreSQL's usual 100 connections, so that several servers and a person have room. */
const mostConnections = 10;
const statementTimeoutMs = 30_000;

/**
 * Opens a PostgreSQL 15 or newer that other servers may use as well, and brings it to this version's schema.
 *
 * @throws SraasError `STORE_UNAVAILABLE` when another server uses the directory, or the database cannot be reached or used, is
 * another program's or of a newer schema; each says what to do, and none holds the address's password.
 */
export async function openPostgresStore(options: PostgresStoreOptions): Promise<Store> {
  const { directory, migrations = allMigrations } = options;
  const address = readAddress(options.url);
  await makeDataDirectory(directory);
  const lock = lockDirectory(directory);
  try {
    const migrated = await bringUp(address, migrations);
    failpoint('start.schema_ready');
    const instanceId = await readOrMakeInstanceId(directory);
    const database = new PostgresDatabase({ url: address.url, most: mostConnections, statementTimeoutMs });
    return {
      ...recordsOf(database, unhurriedOnPostgres(database)),
      instanceId,
      migrated,
      shared: {
        code: new ArtifactPartRecords(database),
        servers: new ServerRecords(database),
        changes: new PostgresChangeFeed(address.url, (backend) => database.isDoing(backend)),
      },
      close: async () => {
        await database.destroy();
        lock.release();
      },
    };
  } catch (error) {
    lock.release();
    throw error;
  }
}

/**
 * Brings a PostgreSQL to this version's schema without opening a store: also beside servers that use it.
 *
 * @returns the steps that were taken.
 * @throws SraasError as {@link openPostgresStore} does.
 */
export async function migratePostgres(url: string): Promise<readonly string[]> {
  return bringUp(readAddress(url), allMigrations);
}

/**
 * Finds out whether a server could use a PostgreSQL, and changes nothing.
 *
 * @returns what may be shown of it, and how many steps it lacks of this version's schema.
 * @throws SraasError as {@link openPostgresStore} does.
 */
export async function probePostgres(url: string): Promise<{ readonly found: string; readonly stepsBehind: number }> {
  const address = readAddress(url);
  const known = Object.keys(allMigrations);
  const database = new PostgresDatabase({ url: address.url, most: 1, statementTimeoutMs });
  try {
    const { version, taken } = await examineOrExplain(database, address, known);
    const found = `PostgreSQL ${version} at ${address.host}, database ${address.database}`;
    return { found, stepsBehind: known.length - taken.length };
  } finally {
    await database.destroy();
  }
}

function readAddress(url: string): DatabaseAddress {
  const address = readDatabaseUrl(url);
  if (typeof address === 'string') throw new SraasError('STORE_UNAVAILABLE', `--database-url: ${address}`);
  return address;
}

/** Over connections of its own: a step may take as long as it needs. */
async function bringUp(
  address: DatabaseAddress,
  migrations: Readonly<Record<string, Migration>>,
): Promise<readonly string[]> {
  const database = new PostgresDatabase({ url: address.url, most: 2, statementTimeoutMs: 0 });
  try {
    const { schema } = await examineOrExplain(database, address, Object.keys(migrations));
    return await migrate(database, migrations, schema);
  } finally {
    await database.destroy();
  }
}

async function examineOrExplain(
  database: PostgresDatabase,
  address: DatabaseAddress,
  known: readonly string[],
): Promise<Examined> {
  try {
    return await examine(database, address, known);
  } catch (error) {
    throw explainRefusal(error, address);
  }
}
