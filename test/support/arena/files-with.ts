import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Paths of the files below a folder that hold a text. */
export async function filesWith(text: string, directory: string): Promise<readonly string[]> {
  const entries = await readdir(directory, { withFileTypes: true, recursive: true });
  const paths = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  const contents = await Promise.all(paths.map((path) => readFile(path)));
  return paths.filter((_, i) => contents[i]?.includes(text) === true);
}
