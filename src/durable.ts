import { closeSync, fsync, openSync } from 'node:fs';
import { promisify } from 'node:util';

/** Paths whose write-back is waited for at the same time: enough to keep a disk busy, few enough to leave descriptors for others. */
const parallelSyncs = 16;

const sync = promisify(fsync);

/**
 * Returns once each file's content, and each folder's own list of entries, is on the disk. They get there in no particular order:
 * what is to be seen only when it is whole gets its name afterwards.
 */
export async function syncPaths(paths: readonly string[]): Promise<void> {
  for (let start = 0; start < paths.length; start += parallelSyncs) {
    await Promise.all(paths.slice(start, start + parallelSyncs).map(syncPath));
  }
}

/**
 * Returns once one file's content, or one folder's list of entries, is on the disk. A file's own does not cover the entry that
 * names it (fsync(2)).
 */
export async function syncPath(path: string): Promise<void> {
  // Opening takes microseconds, less than to have another thread do it.
  const descriptor = openSync(path, 'r');
  try {
    await sync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
