import { DatabaseSync, type DatabaseSyncInstance } from '@photostructure/sqlite';
import { Kysely, type Migration } from 'kysely';
import { SraasError } from '../../errors.ts';
import { failpoint } from '../../failpoints.ts';
import { readInstanceId } from '../instance-id.ts';
import { migrate } from '../migrate.ts';
import { migrations as allMigrations } from '../migrations/all.ts';
import { recordsOf } from '../records.ts';
import type { StoreTables } from '../schema.ts';
import type { Store } from '../store.ts';
import { noteCleanClose, wasClosedCleanly } from './clean-close.ts';
import { SqliteConnection } from './connection.ts';
import { makeDataDirectory } from '../data-directory.ts';
import { damaged, findOrMakeDatabase } from './database-file.ts';
import { StoreDialect } from './dialect.ts';
import { lockDirectory } from './directory-lock.ts';
import { fromSqlite, primaryCodeOf, resultCode } from './sqlite-failure.ts';

export interface SqliteStoreOptions {
  /** Holds `sraas.db`, its log, and `lock`. Made if missing; must be on a local disk. */
  readonly directory: string;
  /** The schema's steps; all of them when left out. */
  readonly migrations?: Readonly<Record<string, Migration>>;
}

/** How long a write waits for another program that looks into the database, a backup for example. */
const busyTimeoutMs = 5000;

/**
 * Opens the embedded database of a data directory, for one server at a time, and brings it to this version's schema.
 *
 * @throws SraasError `STORE_UNAVAILABLE` when another server uses the directory, or its database is another program's,
 * damaged or of a newer schema; each says what to do. `INSUFFICIENT_STORAGE` when the disk is full. Nothing is ever mended
 * by deleting.
 */
export async function openSqliteStore(options: SqliteStoreOptions): Promise<Store> {
  const { directory, migrations = allMigrations } = options;
  await makeDataDirectory(directory);
  const lock = lockDirectory(directory);
  try {
    failpoint('start.locked');
    const path = await findOrMakeDatabase(directory);
    const isWhole = await wasClosedCleanly(path);
    const sqlite = openSound(path, { schemaVersion: Object.keys(migrations).length, isWhole });
    const database = new Kysely<StoreTables>({
      dialect: new StoreDialect(new SqliteConnection(sqlite), busyTimeoutMs),
    });
    try {
      const migrated = await migrate(database, migrations);
      failpoint('start.migrated');
      // From here on whoever waits does so without holding up the process.
      sqlite.exec(`pragma user_version = ${Object.keys(migrations).length}; pragma busy_timeout = 0`);
      return {
        ...recordsOf(database),
        instanceId: await readInstanceId(database),
        migrated,
        close: async () => {
          await database.destroy();
          await noteCleanClose(path);
          lock.release();
        },
      };
    } catch (error) {
      sqlite.close();
      throw fromSqlite(error);
    }
  } catch (error) {
    lock.release();
    throw error;
  }
}

interface Expected {
  /** The newest schema that this version knows. */
  readonly schemaVersion: number;
  /** Whether nothing can have happened to it since its pages were in order. */
  readonly isWhole: boolean;
}

function openSound(path: string, { schemaVersion, isWhole }: Expected): DatabaseSyncInstance {
  let sqlite;
  try {
    sqlite = new DatabaseSync(path, { timeout: busyTimeoutMs });
    refuseNewer(sqlite, path, schemaVersion);
    if (!isWhole) requireWhole(sqlite, path);
    // A deploy is acknowledged only when the log has reached the disk, which FULL is for.
    sqlite.exec(
      'pragma journal_mode = wal; pragma synchronous = full; pragma foreign_keys = on; pragma trusted_schema = off',
    );
    return sqlite;
  } catch (error) {
    sqlite?.close();
    const code = primaryCodeOf(error);
    throw code === resultCode.corrupt || code === resultCode.notADatabase ? damaged(path, error) : fromSqlite(error);
  }
}

/** Reads every page. */
function requireWhole(sqlite: DatabaseSyncInstance, path: string): void {
  const findings = sqlite.prepare('pragma quick_check(1)').get() as { readonly quick_check?: unknown } | undefined;
  if (findings?.quick_check !== 'ok') throw damaged(path, findings);
}

function refuseNewer(sqlite: DatabaseSyncInstance, path: string, schemaVersion: number): void {
  const row = sqlite.prepare('pragma user_version').get() as { readonly user_version: number };
  if (row.user_version <= schemaVersion) return;
  throw new SraasError(
    'STORE_UNAVAILABLE',
    `The database ${path} was written by a newer sraas (schema ${row.user_version}, this one knows ${schemaVersion}): ` +
      'start that version, or restore a backup from before the update.',
  );
}
