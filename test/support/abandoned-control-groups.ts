import { readdir, rmdir } from 'node:fs/promises';
import { join } from 'node:path';

/** Removes control groups without processes, by the path of their parent. A kernel with several hierarchies has one in each. */
export async function removeControlGroups(controlGroup: string): Promise<void> {
  const hierarchies = ['', ...(await readdir('/sys/fs/cgroup'))];
  for (const hierarchy of hierarchies) await removeGroup(join('/sys/fs/cgroup', hierarchy, controlGroup));
}

/** A control group is a folder whose files cannot be removed, and need not be. */
async function removeGroup(path: string): Promise<void> {
  const entries = await readdir(path, { withFileTypes: true }).catch(() => []);
  for (const entry of entries) if (entry.isDirectory()) await removeGroup(join(path, entry.name));
  await rmdir(path).catch((error: unknown) => {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT' && code !== 'ENOTDIR') throw error;
  });
}
