import { createReadStream } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { checkedFiles } from '../../artifacts/checked-files.ts';
import type { ArtifactLimits, UploadedFile } from '../../artifacts/upload.ts';
import type { Entry } from '../../artifacts/uploaded-file.ts';

/**
 * The files of a program, and beside them those of a folder of the operator's, as they are at this moment. What the program
 * brings wins; links and whatever else is no regular file are left out.
 * @throws SraasError INVALID_ARTIFACT, ARTIFACT_TOO_LARGE, while they are read.
 */
export function filesBeside(
  own: readonly UploadedFile[],
  folder: string,
  limits: ArtifactLimits,
): AsyncIterable<UploadedFile> {
  return checkedFiles(entriesOf(own, folder), limits);
}

async function* entriesOf(own: readonly UploadedFile[], folder: string): AsyncGenerator<Entry, void, undefined> {
  for (const file of own) yield { kind: 'file', ...file };
  if (folder === '') return;
  const taken = new Set(own.map(({ path }) => path));
  const paths = await readdir(folder, { recursive: true });
  for (const path of paths.toSorted()) {
    const file = join(folder, path);
    const found = await lstat(file);
    if (!found.isFile() || taken.has(path)) continue;
    yield { kind: 'file', path, executable: (found.mode & 0o111) !== 0, content: createReadStream(file) };
  }
}
