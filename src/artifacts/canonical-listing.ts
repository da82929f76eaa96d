import { createHash } from 'node:crypto';
import type { HashedFile } from './artifact-file.ts';
import type { ArtifactHash } from './artifact-hash.ts';

/** Names the format, so that a later one can never give an old tree's hash to a new one. */
const formatLine = 'sraas-artifact-1\n';

/** Files in the order of the listing: by the bytes of their paths in UTF-8, which no locale changes. */
export function inListingOrder<File extends { readonly path: string }>(files: readonly File[]): readonly File[] {
  return [...files].sort((one, other) => Buffer.compare(Buffer.from(one.path), Buffer.from(other.path)));
}

/**
 * The name of an artifact: SHA-256 over its canonical listing in UTF-8. After a line `sraas-artifact-1` the listing has one line per
 * file, in the order of `inListingOrder`, each ended by a line feed:
 *
 *     file|exec SP size in decimal bytes SP SHA-256 of the content in lower-case hex SP path
 *
 * Paths hold no control characters, so a line cannot be forged. Folders are no part of it: the ones without files do not count.
 */
export function artifactHash(files: readonly HashedFile[]): ArtifactHash {
  const hash = createHash('sha256').update(formatLine);
  for (const { path, sizeBytes, executable, contentHash } of inListingOrder(files)) {
    hash.update(`${executable ? 'exec' : 'file'} ${sizeBytes} ${contentHash} ${path}\n`);
  }
  return hash.digest('hex') as ArtifactHash;
}
