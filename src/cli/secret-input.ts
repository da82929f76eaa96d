import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { unreadableFile } from './unreadable-file.ts';
import { UsageError } from './usage-error.ts';
import type { World } from './world.ts';

/** Far above what a server takes, and enough to keep a wrong file from filling the memory. */
const maxBytes = 1024 * 1024;

interface SecretSource {
  readonly name: string;
  /** A file, `-` for standard input; undefined to ask at a terminal, and to read standard input where there is none. */
  readonly file: string | undefined;
}

/**
 * The value of a secret, which is never an argument: those are seen by other users of the machine and kept by the shell. One
 * line break at the end of a file, or of standard input, is not part of it.
 * @throws UsageError for a source that cannot be read, or that is not text.
 */
export async function readSecret(world: World, { name, file }: SecretSource): Promise<string> {
  if (file === undefined && world.isTerminal.stdin) {
    const typed = await world.askHidden(`Value of ${name}, which is not shown: `);
    if (typed === undefined || typed === '') throw new UsageError('No value was given: nothing was changed.');
    return typed;
  }
  const [bytes, origin] =
    file === undefined || file === '-'
      ? [await readAll(world.stdin), 'Standard input']
      : [await readBytes(resolve(world.workingDirectory, file), file), file];
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new UsageError(`${origin} is not text in UTF-8: encode it, in base64 for example.`);
  }
  const value = text.replace(/\r?\n$/, '');
  if (value === '') throw new UsageError(`${origin} is empty: nothing was changed.`);
  return value;
}

async function readBytes(path: string, shownAs: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (error) {
    throw unreadableFile(shownAs, error);
  }
}

async function readAll(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    length += chunk.length;
    if (length > maxBytes) throw new UsageError('Standard input is too long for a secret.');
    parts.push(chunk);
  }
  return Buffer.concat(parts);
}
