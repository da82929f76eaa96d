import { resolve } from 'node:path';
import { bytesText, countText } from '../terminal/amounts.ts';
import type { Printer } from '../terminal/printer.ts';
import { UsageError } from '../usage-error.ts';
import { collectFiles } from './collect-files.ts';
import { findEntry, type Entry } from './default-handler.ts';
import { readFunctionFile, type FunctionFile } from './function-file.ts';
import { packFiles } from './pack.ts';

export interface PackedFolder {
  /** Absolute path. */
  readonly folder: string;
  readonly file: FunctionFile;
  readonly entry: Entry;
  readonly archive: Uint8Array<ArrayBuffer>;
}

/** Reads a folder the way `deploy` and `run` send it. What is given wins over `sraas.json`, and both over guessing. */
export async function packFolder(
  folderGiven: string,
  workingDirectory: string,
  given: Partial<Entry>,
  printer: Printer,
): Promise<PackedFolder> {
  const folder = resolve(workingDirectory, folderGiven);
  const files = await collectFiles(folder, folderGiven);
  if (files.length === 0) throw new UsageError(`${folderGiven} holds no files to deploy.`);
  const file = await readFunctionFile(folder);
  const entry = findEntry(
    folder,
    files.map(({ path }) => path),
    { ...textMembers(file.config), ...given },
  );
  const archive = await packFiles(files);
  const sizeBytes = files.reduce((sum, { sizeBytes: size }) => sum + size, 0);
  printer.progress(
    `packed ${countText(files.length, 'file')}, ${bytesText(sizeBytes)} (${bytesText(archive.length)} compressed)`,
  );
  return { folder, file, entry, archive };
}

function textMembers(config: Readonly<Record<string, unknown>>): Partial<Entry> {
  const { runtime, handler } = config;
  return {
    ...(typeof runtime === 'string' ? { runtime } : {}),
    ...(typeof handler === 'string' ? { handler } : {}),
  };
}
