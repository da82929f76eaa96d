import { resolve } from 'node:path';
import { bytesText, countText } from '../terminal/amounts.ts';
import type { Printer } from '../terminal/printer.ts';
import { UsageError } from '../usage-error.ts';
import { collectFiles } from './collect-files.ts';
import { findEntry, type Entry, type GivenEntry } from './default-handler.ts';
import { readFunctionFile, type FunctionFile } from './function-file.ts';
import { packFiles } from './pack.ts';

export interface PackedFolder {
  /** Absolute path. */
  readonly folder: string;
  readonly file: FunctionFile;
  readonly entry: Entry;
  readonly archive: Uint8Array<ArrayBuffer>;
}

/** Asks the server what a runtime's handlers are written in; undefined when it does not know the runtime. */
export type LanguageQuestion = (runtime: string) => Promise<GivenEntry['language']>;

/** Reads a folder the way `deploy` and `run` send it. What is given wins over `sraas.json`, and both over guessing. */
export async function packFolder(
  folderGiven: string,
  workingDirectory: string,
  given: Partial<Entry>,
  printer: Printer,
  languageOf: LanguageQuestion,
): Promise<PackedFolder> {
  const folder = resolve(workingDirectory, folderGiven);
  const files = await collectFiles(folder, folderGiven);
  if (files.length === 0) throw new UsageError(`${folderGiven} holds no files to deploy.`);
  const file = await readFunctionFile(folder);
  const wanted = { ...textMembers(file.config), ...given };
  const language = await askedLanguage(wanted, languageOf);
  const entry = findEntry(
    folder,
    files.map(({ path }) => path),
    { ...wanted, ...(language === undefined ? {} : { language }) },
  );
  const archive = await packFiles(files);
  const sizeBytes = files.reduce((sum, { sizeBytes: size }) => sum + size, 0);
  printer.progress(
    `packed ${countText(files.length, 'file')}, ${bytesText(sizeBytes)} (${bytesText(archive.length)} compressed)`,
  );
  return { folder, file, entry, archive };
}

/** The name of a built-in runtime tells its language, and a handler that was given need not be looked for. */
async function askedLanguage(
  { runtime, handler }: Partial<Entry>,
  languageOf: LanguageQuestion,
): Promise<GivenEntry['language']> {
  if (runtime === undefined || handler !== undefined) return undefined;
  if (runtime === 'dockerfile' || /^(node|python)\d/.test(runtime)) return undefined;
  return languageOf(runtime);
}

function textMembers(config: Readonly<Record<string, unknown>>): Partial<Entry> {
  const { runtime, handler } = config;
  return {
    ...(typeof runtime === 'string' ? { runtime } : {}),
    ...(typeof handler === 'string' ? { handler } : {}),
  };
}
