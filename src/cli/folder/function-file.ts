import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isErrno } from '../../errno.ts';
import { asObject, parseJson } from '../json-input.ts';
import { UsageError } from '../usage-error.ts';

/** `sraas.json`: a function's configuration by its wire names, and the function's name. */
export interface FunctionFile {
  readonly name?: string;
  /** All other members as they are: the server judges them. */
  readonly config: Readonly<Record<string, unknown>>;
}

/** Reads a folder's `sraas.json`; an absent one says nothing. */
export async function readFunctionFile(folder: string): Promise<FunctionFile> {
  let text: string;
  try {
    text = await readFile(join(folder, 'sraas.json'), 'utf8');
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR')) return { config: {} };
    throw error;
  }
  const { name, ...config } = asObject(parseJson(text, 'sraas.json'), 'sraas.json');
  for (const [member, value] of Object.entries({ name, runtime: config['runtime'], handler: config['handler'] })) {
    if (value !== undefined && typeof value !== 'string') throw new UsageError(`${member} in sraas.json must be text.`);
  }
  return typeof name === 'string' ? { name, config } : { config };
}
