import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { isObject } from '../documents/json-object.ts';
import { firstJsonError } from './json-position.ts';
import { unreadableFile } from './unreadable-file.ts';
import { UsageError } from './usage-error.ts';
import type { World } from './world.ts';

/**
 * Parses JSON that a user gave.
 * @param origin what to call it in the message: `-e`, a file's name, `standard input`.
 * @throws UsageError that names line and column.
 */
export function parseJson(text: string, origin: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new UsageError(`${origin} is not valid JSON: ${describe(text)}.`);
  }
}

/** Reads and parses a file, or standard input for `-`. */
export async function readJson(world: World, file: string): Promise<unknown> {
  if (file === '-') return parseJson(await readAll(world.stdin), 'standard input');
  return parseJson(await readText(resolve(world.workingDirectory, file), file), file);
}

/** A JSON object, for the inputs where nothing else makes sense. */
export function asObject(value: unknown, origin: string): Readonly<Record<string, unknown>> {
  if (!isObject(value)) {
    throw new UsageError(`${origin} must be a JSON object, like {"key": "value"}.`);
  }
  return value;
}

async function readText(path: string, shownAs: string): Promise<string> {
  try {
    return (await readFile(path, 'utf8')).replace(/^\ufeff/, '');
  } catch (error) {
    throw unreadableFile(shownAs, error);
  }
}

async function readAll(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const chunk of chunks) parts.push(chunk);
  return Buffer.concat(parts).toString('utf8');
}

function describe(text: string): string {
  const offset = firstJsonError(text) ?? text.length;
  const before = text.slice(0, offset).split('\n');
  const found =
    offset >= text.length
      ? 'it ends too early'
      : `unexpected ${JSON.stringify(String.fromCodePoint(text.codePointAt(offset) ?? 0))}`;
  return `${found} at line ${before.length}, column ${(before.at(-1) ?? '').length + 1}`;
}
