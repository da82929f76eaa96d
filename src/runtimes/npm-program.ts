import { readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { fetchPackage, inPackage } from './npm-package.ts';
import { runProgram } from './run-program.ts';

export interface NpmProgram {
  readonly version: string;
  /** Path of a tar on this machine with npm in a folder `npm`. */
  readonly path: string;
}

/** The npm that the official image of a Node version has. */
const npmVersions: Readonly<Record<string, string>> = { '22': '10', '24': '11' };

/**
 * Fetches npm through npm.
 * @param directory a folder that the tar is put into.
 */
export async function fetchNpmProgram(
  nodeVersion: string,
  directory: string,
  signal: AbortSignal | undefined,
): Promise<NpmProgram> {
  await fetchPackage(`npm@${npmVersions[nodeVersion] ?? 'latest'}`, directory, { signal });
  const { version } = JSON.parse(await readFile(inPackage(directory, 'package.json'), 'utf8')) as { version: string };
  await rename(join(directory, 'package'), join(directory, 'npm'));
  const options = { workingDirectory: directory, ...(signal === undefined ? {} : { signal }) };
  // Dates and owners are fixed, so that the engine's build cache sees equal files as equal.
  const sameEverywhere = ['--sort=name', '--mtime=@0', '--owner=0', '--group=0', '--numeric-owner'];
  await runProgram('tar', ['-cf', 'npm.tar', ...sameEverywhere, 'npm'], options);
  return { version, path: join(directory, 'npm.tar') };
}
