import { lstat, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { UsageError } from '../usage-error.ts';
import { ignoreRules, type IgnoreRules } from './ignore-rules.ts';

export interface FolderFile {
  /** Below the folder, with `/`. */
  readonly path: string;
  readonly absolutePath: string;
  readonly sizeBytes: number;
  readonly executable: boolean;
}

/**
 * The files that a deploy of a folder sends, sorted by path, without what `.sraasignore` and the fixed rules leave out.
 * @throws UsageError when the folder is missing or holds a link, socket, pipe or device.
 */
export async function collectFiles(folder: string, shownAs: string): Promise<readonly FolderFile[]> {
  const found = await stat(folder).catch(() => undefined);
  if (found === undefined) throw new UsageError(`There is no folder ${shownAs}.`);
  if (!found.isDirectory()) throw new UsageError(`${shownAs} is not a folder: give the folder that holds the handler.`);
  const rules = ignoreRules(await readFile(join(folder, '.sraasignore'), 'utf8').catch(() => ''));
  const files: FolderFile[] = [];
  await walk(folder, '', rules, files);
  return files.sort((one, other) => (one.path < other.path ? -1 : 1));
}

async function walk(folder: string, prefix: string, rules: IgnoreRules, files: FolderFile[]): Promise<void> {
  for (const name of await readdir(join(folder, prefix))) {
    const path = prefix + name;
    if (rules(path)) continue;
    const absolutePath = join(folder, path);
    const entry = await lstat(absolutePath);
    if (entry.isDirectory()) await walk(folder, `${path}/`, rules, files);
    else if (entry.isFile()) {
      files.push({ path, absolutePath, sizeBytes: entry.size, executable: (entry.mode & 0o111) !== 0 });
    } else {
      const kind = entry.isSymbolicLink() ? 'a symbolic link' : 'neither a file nor a folder';
      throw new UsageError(`${path} is ${kind}, which cannot be deployed: replace it, or name it in .sraasignore.`);
    }
  }
}
