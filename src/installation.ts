import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The folder that this program is installed in: the nearest one above with a package.json, over sources and build alike. */
export function findInstallDirectory(from: string = import.meta.dirname): string {
  if (existsSync(join(from, 'package.json'))) return from;
  const parent = dirname(from);
  if (parent === from) throw new Error('The installation is incomplete: there is no package.json above the program.');
  return findInstallDirectory(parent);
}

/** The version in package.json, of which the code holds no second copy. */
export function productVersion(installDirectory: string): string {
  const { version } = JSON.parse(readFileSync(join(installDirectory, 'package.json'), 'utf8')) as { version: string };
  return version;
}
