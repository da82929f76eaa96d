import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { runProgram } from './run-program.ts';

/**
 * Fetches a package through npm, from whatever registry npm is set up for, and unpacks it; npm checks the bytes against the
 * registry's digest.
 * @param specifier `npm@11`: the newest of that major version.
 * @param directory an existing folder; the package gets one of its own in it, called `package`.
 * @param members paths inside the archive; all of it when left out.
 */
export async function fetchPackage(
  specifier: string,
  directory: string,
  { members = [], signal }: { readonly members?: readonly string[]; readonly signal?: AbortSignal | undefined },
): Promise<void> {
  await mkdir(directory, { recursive: true });
  const options = { workingDirectory: directory, ...(signal === undefined ? {} : { signal }) };
  await runProgram('npm', ['pack', specifier, '--loglevel=error', '--pack-destination', '.'], options);
  const [archive] = (await readdir(directory)).filter((file) => file.endsWith('.tgz'));
  await runProgram('tar', ['-xzf', archive ?? '', '--no-same-owner', ...members], options);
}

/** The path of a fetched package's file. */
export function inPackage(directory: string, path: string): string {
  return join(directory, 'package', path);
}
