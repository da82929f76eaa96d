import { isErrno } from '../errno.ts';
import { SraasError } from '../errors.ts';

/**
 * Turns a failed system call that means a full disk into `INSUFFICIENT_STORAGE`, and one that means a broken or read-only one
 * into `STORE_UNAVAILABLE`; everything else is thrown on as it is.
 */
export function storageError(error: unknown): unknown {
  if (isErrno(error, 'EROFS', 'EIO')) return unwritableDisk(error);
  if (!isErrno(error, 'ENOSPC', 'EDQUOT')) return error;
  return new SraasError(
    'INSUFFICIENT_STORAGE',
    'The data directory has no room for the code: remove functions that are not needed, or give it more space.',
    { cause: error },
  );
}

/** For a file system that has become read-only, as Linux makes one that fails. */
export function unwritableDisk(cause?: unknown): SraasError {
  return new SraasError(
    'STORE_UNAVAILABLE',
    'The data directory cannot be written to: see whether its disk has failed or is mounted read-only. Calls go on.',
    { cause },
  );
}
