import { readdir } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';

/** The paths of a kept artifact's files, relative to its folder with `/` separators, in no certain order. */
export async function keptFiles(directory: string): Promise<readonly { readonly path: string }[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => ({ path: relative(directory, join(entry.parentPath, entry.name)).split(sep).join('/') }));
}
