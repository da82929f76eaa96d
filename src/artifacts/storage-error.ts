import { isErrno } from '../errno.ts';
import { SraasError } from '../errors.ts';

/** Turns a failed system call that means a full disk into `INSUFFICIENT_STORAGE`; everything else is thrown on as it is. */
export function storageError(error: unknown): unknown {
  if (!isErrno(error, 'ENOSPC', 'EDQUOT')) return error;
  return new SraasError(
    'INSUFFICIENT_STORAGE',
    'The data directory has no room for the code: remove functions that are not needed, or give it more space.',
    { cause: error },
  );
}
