import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Names what an image is made from: folders with recipes, and further text that decides the outcome.
 * The same paths and bytes give the same hash on every machine, whatever the dates and owners of the files are.
 * @returns SHA-256, 64 lower-case hex digits.
 */
export async function recipeHash(directories: readonly string[], ...further: readonly string[]): Promise<string> {
  const hash = createHash('sha256');
  for (const directory of directories) {
    for (const path of await filesIn(directory)) {
      const content = await readFile(join(directory, path));
      hash.update(`${path}\0${content.length}\0`).update(content);
    }
    hash.update('\0');
  }
  for (const text of further) hash.update(`${Buffer.byteLength(text)}\0${text}`);
  return hash.digest('hex');
}

async function filesIn(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(join(directory, '/').length))
    .map((path) => path.replaceAll('\\', '/'))
    .sort();
}
