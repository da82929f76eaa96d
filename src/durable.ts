import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** Files whose write-back is waited for at the same time: enough to keep a disk busy, few enough to leave descriptors for others. */
const parallelSyncs = 16;

/** Returns once a folder, all in it, and its own entry list are on the disk. */
export async function syncTree(directory: string): Promise<void> {
  const entries = await readdir(directory, { withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(directory, entry.name));
  for (let start = 0; start < files.length; start += parallelSyncs) {
    await Promise.all(files.slice(start, start + parallelSyncs).map(syncPath));
  }
  for (const entry of entries) if (entry.isDirectory()) await syncTree(join(directory, entry.name));
  await syncPath(directory);
}

/**
 * Returns once one file's content, or one folder's list of entries, is on the disk. A file's own does not cover the entry that
 * names it (fsync(2)).
 */
export async function syncPath(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
