import { statfs, utimes } from 'node:fs/promises';
import { isErrno } from '../errno.ts';

/** What a file system says of itself. */
export interface DiskMeasure {
  /** For this user. */
  readonly freeBytes: number;
  /** Files that can still be made; undefined where their number has no limit. */
  readonly freeFiles: number | undefined;
  /** False when it refuses every change, as one that is mounted read-only does, and one that has failed. */
  readonly isWritable: boolean;
}

/** Looks at the file system of a folder of this user's own. */
export async function measureDisk(directory: string): Promise<DiskMeasure> {
  const [isWritable, { bavail, bsize, files, ffree }] = await Promise.all([takesChanges(directory), statfs(directory)]);
  return { freeBytes: bavail * bsize, freeFiles: files === 0 ? undefined : ffree, isWritable };
}

/**
 * Changes the folder's own times, which needs no space. Asking for the permission alone is not enough: after a failure ext4
 * refuses every write while the mount still says that it may be written (its state `emergency_ro`).
 */
async function takesChanges(directory: string): Promise<boolean> {
  const now = new Date();
  try {
    await utimes(directory, now, now);
    return true;
  } catch (error) {
    return !isErrno(error, 'EROFS', 'EIO');
  }
}
