import { copyFile, link, mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isErrno } from '../errno.ts';

/**
 * Makes a folder's files appear in another, empty one: as hard links, so that no byte is copied, where both are on one file
 * system. The files are shared and must never be written to.
 */
export async function linkTree(from: string, to: string): Promise<void> {
  const entries = await readdir(from, { withFileTypes: true });
  await Promise.all(
    entries.map(async (entry) => {
      const [source, target] = [join(from, entry.name), join(to, entry.name)];
      if (entry.isDirectory()) {
        await mkdir(target, { mode: 0o755 });
        await linkTree(source, target);
      } else {
        await linkOrCopy(source, target);
      }
    }),
  );
}

async function linkOrCopy(source: string, target: string): Promise<void> {
  try {
    await link(source, target);
  } catch (error) {
    // Another file system, too many links, or files of another owner under fs.protected_hardlinks. Source: link(2), proc(5).
    if (!isErrno(error, 'EXDEV', 'EMLINK', 'EPERM')) throw error;
    await copyFile(source, target);
  }
}
