import { lstat, open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isErrno } from '../../errno.ts';
import { SraasError } from '../../errors.ts';
import { IgnoreRules } from './ignore-rules.ts';

/** Most of a build context that the engine is sent. */
export interface ContextLimits {
  readonly maxBytes: number;
  /** Files and folders together. */
  readonly maxEntries: number;
}

export interface ContextEntry {
  /** Relative, with slashes. */
  readonly path: string;
  readonly kind: 'file' | 'folder';
  readonly sizeBytes: number;
  readonly executable: boolean;
}

const ignoreFile = '.dockerignore';
const maxIgnoreBytes = 64 * 1024;

/**
 * Lists what a build context holds, in a fixed order, without what its `.dockerignore` leaves out and without that file.
 * @throws SraasError `ARTIFACT_TOO_LARGE`; `INVALID_ARTIFACT` for anything but files and folders.
 */
export async function contextEntries(directory: string, limits: ContextLimits): Promise<readonly ContextEntry[]> {
  const rules = new IgnoreRules(await ignoreText(join(directory, ignoreFile)));
  const entries: ContextEntry[] = [];
  let bytes = 0;
  let seen = 0;
  const visit = async (folder: string): Promise<void> => {
    const names = await readdir(join(directory, folder));
    for (const name of names.sort()) {
      const path = folder === '' ? name : `${folder}/${name}`;
      seen += 1;
      if (seen > limits.maxEntries) throw tooLarge(`more than ${limits.maxEntries} files and folders`);
      const entry = await entryAt(directory, path);
      const isOut = path === ignoreFile || rules.leavesOut(path);
      if (!isOut) {
        entries.push(entry);
        bytes += entry.sizeBytes;
        if (bytes > limits.maxBytes) throw tooLarge(`more than ${limits.maxBytes} bytes`);
      }
      // Something inside a folder that is left out may be taken after all.
      if (entry.kind === 'folder') await visit(path);
    }
  };
  await visit('');
  return entries;
}

async function entryAt(directory: string, path: string): Promise<ContextEntry> {
  const stats = await lstat(join(directory, path));
  if (stats.isDirectory()) return { path, kind: 'folder', sizeBytes: 0, executable: true };
  if (!stats.isFile()) {
    throw new SraasError(
      'INVALID_ARTIFACT',
      `The build context has ${JSON.stringify(path)}, which is neither a file nor a folder.`,
    );
  }
  return { path, kind: 'file', sizeBytes: stats.size, executable: (stats.mode & 0o111) !== 0 };
}

async function ignoreText(path: string): Promise<string> {
  try {
    const file = await open(path, 'r');
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(maxIgnoreBytes), 0, maxIgnoreBytes, 0);
      return buffer.toString('utf8', 0, bytesRead);
    } finally {
      await file.close();
    }
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'EISDIR')) return '';
    throw error;
  }
}

function tooLarge(what: string): SraasError {
  return new SraasError(
    'ARTIFACT_TOO_LARGE',
    `The build context has ${what}; leave files out, by a .dockerignore for example.`,
  );
}
