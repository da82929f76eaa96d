import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { SraasError } from '../../errors.ts';
import { unusableDirectory } from '../data-directory.ts';
import { primaryCodeOf, resultCode } from './sqlite-failure.ts';

/** Held for as long as a server uses its data directory. */
export interface DirectoryLock {
  release(): void;
}

/**
 * Takes the one lock of a data directory: an exclusive transaction on an empty database that never ends. The kernel frees
 * the lock however the process dies, so no stale lock can be left behind. Nothing else may open the file `lock` in this
 * process: closing it would free the lock (POSIX advisory locks, fcntl(2)).
 *
 * @throws SraasError `STORE_UNAVAILABLE` when another server holds it, or the directory cannot be written.
 */
export function lockDirectory(directory: string): DirectoryLock {
  let database;
  try {
    database = new DatabaseSync(join(directory, 'lock'), { timeout: 0 });
    // Without a journal file, for which a full disk has no room.
    database.exec('pragma journal_mode = memory; begin exclusive');
  } catch (error) {
    database?.close();
    if (primaryCodeOf(error) !== resultCode.busy) throw unusableDirectory(directory, error);
    throw new SraasError(
      'STORE_UNAVAILABLE',
      `Another server uses the data directory ${directory}: stop it, or give this one a directory of its own.`,
      { cause: error },
    );
  }
  const held = database;
  return {
    release: () => {
      held.close();
    },
  };
}
