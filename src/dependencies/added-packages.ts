import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import type { StagedArtifact } from '../artifacts/staged-artifact.ts';
import { stagedFiles } from '../artifacts/staged-files.ts';
import type { UploadedFile } from '../artifacts/upload.ts';
import { completeMark } from './install-script.ts';
import type { KeptPackages } from './package-cache.ts';

/**
 * A function's code with its packages. What was uploaded wins: over a file of the same path, and in `node_modules` over the whole
 * package, as the files of two versions would not make one.
 */
export function* withPackages(
  code: Pick<StagedArtifact, 'directory' | 'files'>,
  packages: Pick<KeptPackages, 'files'>,
  packagesDirectory: string,
): Iterable<UploadedFile> {
  yield* stagedFiles(code);
  const ownPaths = new Set(code.files.map(({ path }) => path));
  const ownPackages = new Set(code.files.map(({ path }) => packageFolder(path)));
  ownPackages.delete(undefined);
  for (const { path, executable } of packages.files) {
    if (path === completeMark || ownPaths.has(path)) continue;
    const folder = packageFolder(path);
    if (folder !== undefined && ownPackages.has(folder)) continue;
    yield { path, executable, content: createReadStream(join(packagesDirectory, path)) };
  }
}

/** `node_modules/a` or `node_modules/@b/c`, of a path inside such a package. */
function packageFolder(path: string): string | undefined {
  return /^node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(path)?.[0];
}
