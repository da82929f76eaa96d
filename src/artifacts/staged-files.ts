import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import type { StagedArtifact } from './staged-artifact.ts';
import type { UploadedFile } from './uploaded-file.ts';

/** The files of a staged artifact once more as an upload, to be staged in another way. It must not be discarded meanwhile. */
export function* stagedFiles(staged: Pick<StagedArtifact, 'directory' | 'files'>): Iterable<UploadedFile> {
  for (const { path, executable } of staged.files) {
    yield { path, executable, content: createReadStream(join(staged.directory, path)) };
  }
}
