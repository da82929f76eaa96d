import { open, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { syncPath } from '../../durable.ts';
import { isErrno } from '../../errno.ts';
import { SraasError } from '../../errors.ts';
import { failpoint } from '../../failpoints.ts';
import { unusableDirectory } from '../data-directory.ts';

/** Says in a file's header whose database it is: the letters "SRaS". */
const applicationId = 0x53526153;

const restoreAdvice = 'restore it from a backup, or move it away to start with an empty one. Nothing was changed';

/**
 * The path of a directory's database, after making sure that it is one of ours. Where there is none, an empty one is made
 * beside it and then renamed, so that a file of this name is never half made.
 *
 * @throws SraasError `STORE_UNAVAILABLE` for another program's file, one that is no database, or a lost one.
 */
export async function findOrMakeDatabase(directory: string): Promise<string> {
  const path = join(directory, 'sraas.db');
  try {
    if (await exists(path)) await refuseForeign(path);
    else if (await exists(`${path}-wal`)) throw lost(path);
    else await make(directory, path);
  } catch (error) {
    throw error instanceof SraasError ? error : unusableDirectory(directory, error);
  }
  return path;
}

/**
 * The path of a directory's database, of one that has one.
 * @throws SraasError `STORE_UNAVAILABLE` when there is none, or it is another program's.
 */
export async function findDatabase(directory: string): Promise<string> {
  const path = join(directory, 'sraas.db');
  try {
    if (await exists(path)) {
      await refuseForeign(path);
      return path;
    }
  } catch (error) {
    throw error instanceof SraasError ? error : unusableDirectory(directory, error);
  }
  throw new SraasError(
    'STORE_UNAVAILABLE',
    `There is no database in the data directory ${directory}: name the one of the server with --data-dir.`,
  );
}

export function damaged(path: string, cause?: unknown): SraasError {
  return new SraasError('STORE_UNAVAILABLE', `The database ${path} is damaged: ${restoreAdvice}.`, { cause });
}

function lost(path: string): SraasError {
  return new SraasError(
    'STORE_UNAVAILABLE',
    `The database ${path} is gone, though its log ${path}-wal is there: restore both from a backup, or move the log ` +
      'away to start with an empty database. Nothing was changed.',
  );
}

async function make(directory: string, path: string): Promise<void> {
  const unfinished = `${path}.new`;
  // Left by a start that did not get as far as the rename: it never held anything.
  for (const suffix of ['', '-journal']) await rm(unfinished + suffix, { force: true });
  // SQLite gives its side files the mode of the database's own.
  await (await open(unfinished, 'wx', 0o600)).close();
  const database = new DatabaseSync(unfinished);
  try {
    database.exec(`pragma synchronous = full; pragma application_id = ${applicationId}`);
  } finally {
    database.close();
  }
  failpoint('start.database_made');
  await rename(unfinished, path);
  failpoint('start.database_renamed');
  await syncPath(directory);
}

/** Looks at the header only, without SQLite: another program's database is not to be touched in any way. */
async function refuseForeign(path: string): Promise<void> {
  const header = Buffer.alloc(100);
  const handle = await open(path, 'r');
  try {
    const { bytesRead } = await handle.read(header, 0, header.length, 0);
    if (bytesRead === 0) throw damaged(path);
    // Offsets from SQLite's file format, section 1.3.
    const isDatabase = bytesRead === header.length && header.toString('latin1', 0, 16) === 'SQLite format 3\0';
    if (isDatabase && header.readUInt32BE(68) === applicationId) return;
    const kind = isDatabase ? "another program's database" : 'not a database';
    throw new SraasError(
      'STORE_UNAVAILABLE',
      `The file ${path} is ${kind}: give this server another data directory, or move the file away.`,
    );
  } finally {
    await handle.close();
  }
}

async function exists(path: string): Promise<boolean> {
  const found = await stat(path).catch((error: unknown) => {
    if (isErrno(error, 'ENOENT')) return undefined;
    throw error;
  });
  return found !== undefined;
}
