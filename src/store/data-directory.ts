import { mkdir } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { syncPath } from '../durable.ts';
import { isErrno } from '../errno.ts';
import { SraasError } from '../errors.ts';

/** Makes the directory that holds the store, for this user only, if it is not there. */
export async function makeDataDirectory(directory: string): Promise<void> {
  try {
    const firstMade = await mkdir(directory, { recursive: true, mode: 0o700 });
    if (firstMade !== undefined) await syncPath(dirname(resolve(firstMade)));
  } catch (error) {
    throw unusableDirectory(directory, error);
  }
}

export function unusableDirectory(directory: string, cause: unknown): SraasError {
  if (isErrno(cause, 'ENOSPC', 'EDQUOT')) {
    return new SraasError(
      'INSUFFICIENT_STORAGE',
      `The disk of the data directory ${directory} is full: free some space.`,
      {
        cause,
      },
    );
  }
  return new SraasError(
    'STORE_UNAVAILABLE',
    `The data directory ${directory} cannot be used: check that it is a directory that this user may read and write, on a disk that is neither full nor read-only.`,
    { cause },
  );
}
