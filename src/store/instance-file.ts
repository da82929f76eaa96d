import { randomUUID } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { syncPath } from '../durable.ts';
import { isErrno } from '../errno.ts';
import { SraasError } from '../errors.ts';
import { failpoint } from '../failpoints.ts';
import { unusableDirectory } from './data-directory.ts';

/**
 * The random name of the server that a data directory belongs to, made once and kept in the file `instance-id`: servers that
 * share a database each have their own. The directory has to be locked.
 *
 * @throws SraasError `STORE_UNAVAILABLE`, `INSUFFICIENT_STORAGE`
 */
export async function readOrMakeInstanceId(directory: string): Promise<string> {
  const path = join(directory, 'instance-id');
  try {
    const id = (await readIfThere(path)) ?? (await make(directory, path));
    if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id)) return id;
  } catch (error) {
    throw unusableDirectory(directory, error);
  }
  throw new SraasError(
    'STORE_UNAVAILABLE',
    `The file ${path} does not hold an id: restore it from a backup, or remove it when no container of this server is left.`,
  );
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return (await readFile(path, 'utf8')).trim();
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined;
    throw error;
  }
}

async function make(directory: string, path: string): Promise<string> {
  const id = randomUUID();
  const unfinished = `${path}.new`;
  await writeFile(unfinished, `${id}\n`, { mode: 0o600, flush: true });
  failpoint('start.instance_id_written');
  await rename(unfinished, path);
  await syncPath(directory);
  return id;
}
