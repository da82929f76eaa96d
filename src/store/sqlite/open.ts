import { DatabaseSync, type DatabaseSyncInstance } from '@photostructure/sqlite';
import { Kysely, type Migration } from 'kysely';
import { SraasError } from '../../errors.ts';
import { failpoint } from '../../failpoints.ts';
import { readInstanceId } from '../instance-id.ts';
import { migrate } from '../migrate.ts';
import { migrations as allMigrations } from '../migrations/all.ts';
import { recordsOf } from '../records.ts';
import { unhurriedOnSqlite } from '../unhurried.ts';
import type { StoreTables } from '../schema.ts';
import type { Store } from '../store.ts';
import { noteCleanClose, wasClosedCleanly } from './clean-close.ts';
import { SqliteConnection } from './connection.ts';
import { makeDataDirectory } from '../data-directory.ts';
import { damaged, findOrMakeDatabase } from './database-file.ts';
import { StoreDialect } from './dialect.ts';
import { lockDirectory } from './directory-lock.ts';
import { requireLocalDisk } from './local-disk.ts';
import { withReserve } from './removals.ts';
import { Reserve } from './reserve.ts';
import { fromSqlite, primaryCodeOf, resultCode } from './sqlite-failure.ts';

export interface SqliteStoreOptions {
  /** Holds `sraas.db`, its log, and `lock`. Made if missing; must be on a local disk. */
  readonly directory: string;
  /** The schema's steps; all of them when left out. */
  readonly migrations?: Readonly<Record<string, Migration>>;
  /** Told what an operator should know, once. */
  readonly onWarning?: (message: string) => void;
  /** The number of statfs(2) for a folder's file system; the kernel's own when left out. */
  readonly fileSystemType?: (directory: string) => Promise<number>;
}

/** How long a write waits for another program that looks into the database, a backup for example. */
const busyTimeoutMs = 5000;

/**
 * Opens the embedded database of a data directory, for one server at a time, and brings it to this version's schema.
 *
 * @throws SraasError `STORE_UNAVAILABLE` when the directory is on a network file system, when another server uses it, or its
 * database is another program's, damaged or of a newer schema; each says what to do. `INSUFFICIENT_STORAGE` when the disk is
 * full. Nothing is ever mended by deleting.
 */
export async function openSqliteStore(options: SqliteStoreOptions): Promise<Store> {
  const { directory, migrations = allMigrations, onWarning = () => undefined, fileSystemType } = options;
  await makeDataDirectory(directory);
  await requireLocalDisk(directory, {
    onWarning,
    ...(fileSystemType === undefined ? {} : { typeOf: fileSystemType }),
  });
  const lock = lockDirectory(directory);
  try {
    failpoint('start.locked');
    const reserve = new Reserve(directory);
    await reserve.freeWhenFull();
    const path = await findOrMakeDatabase(directory);
    const isWhole = await wasClosedCleanly(path);
    const schemaVersion = Object.keys(migrations).length;
    const sqlite = openSound(path, { schemaVersion, isWhole });
    const database = new Kysely<StoreTables>({
      dialect: new StoreDialect(new SqliteConnection(sqlite), busyTimeoutMs),
    });
    try {
      const migrated = await migrate(database, migrations);
      failpoint('start.migrated');
      // Written when it is another only: a start that changes nothing is to need no space.
      if (readSchemaVersion(sqlite) !== schemaVersion) sqlite.exec(`pragma user_version = ${schemaVersion}`);
      // From here on whoever waits does so without holding up the process.
      sqlite.exec('pragma busy_timeout = 0');
      await reserve.take();
      return {
        ...withReserve(recordsOf(database, unhurriedOnSqlite(database)), reserve),
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
      throw cannotOpen(path, error);
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
    throw code === resultCode.corrupt || code === resultCode.notADatabase
      ? damaged(path, error)
      : cannotOpen(path, error);
  }
}

/** Says what to do where a failure while a server serves would say to try again. What says what to do already comes back as it is. */
function cannotOpen(path: string, error: unknown): unknown {
  const cause = error instanceof SraasError ? error.cause : error;
  const told = fromSqlite(cause);
  if (!(told instanceof SraasError) || told.code !== 'STORE_UNAVAILABLE') return error === cause ? told : error;
  return new SraasError(
    'STORE_UNAVAILABLE',
    `The database ${path} cannot be opened for writing: see that this user may write to it, that its disk is neither full nor ` +
      'out of files nor read-only, and that no other program has it locked.',
    { cause },
  );
}

/** Reads every page. */
function requireWhole(sqlite: DatabaseSyncInstance, path: string): void {
  const findings = sqlite.prepare('pragma quick_check(1)').get() as { readonly quick_check?: unknown } | undefined;
  if (findings?.quick_check !== 'ok') throw damaged(path, findings);
}

function refuseNewer(sqlite: DatabaseSyncInstance, path: string, schemaVersion: number): void {
  const found = readSchemaVersion(sqlite);
  if (found <= schemaVersion) return;
  throw new SraasError(
    'STORE_UNAVAILABLE',
    `The database ${path} was written by a newer sraas (schema ${found}, this one knows ${schemaVersion}): ` +
      'start that version, or restore a backup from before the update.',
  );
}

function readSchemaVersion(sqlite: DatabaseSyncInstance): number {
  return (sqlite.prepare('pragma user_version').get() as { readonly user_version: number }).user_version;
}
