import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { archiveFormat, magicBytes } from './archive-format.ts';
import { checkedFiles } from './checked-files.ts';
import { gunzipped } from './gunzip.ts';
import type { ArtifactLimits } from './limits.ts';
import { tooLarge } from './refusal.ts';
import { tarEntries } from './tar/tar-entries.ts';
import type { Entry, UploadedFile } from './uploaded-file.ts';
import { zipEntries } from './zip/zip-entries.ts';

/**
 * The files of an archive that was saved on disk: zip, tar or tar.gz, told apart by their first bytes. Nothing is written anywhere.
 * A refusal may come after some files were handed out, so keep none of them until the iteration has ended.
 * Throws `INVALID_ARTIFACT` or `ARTIFACT_TOO_LARGE`.
 */
export async function* archiveFiles(
  archivePath: string,
  limits: ArtifactLimits,
): AsyncGenerator<UploadedFile, void, undefined> {
  const { start, sizeBytes } = await readStart(archivePath);
  if (sizeBytes > limits.uploadBytes) throw tooLarge('the archive', limits.uploadBytes, 'bytes');
  yield* checkedFiles(entriesOf(archivePath, start, sizeBytes, limits), limits);
}

function entriesOf(
  archivePath: string,
  start: Buffer,
  sizeBytes: number,
  limits: ArtifactLimits,
): AsyncIterable<Entry> {
  const format = archiveFormat(start);
  switch (format) {
    case 'zip':
      return zipEntries(archivePath, limits);
    case 'tar':
      return tarEntries(createReadStream(archivePath));
    case 'tar.gz':
      return tarEntries(gunzipped(archivePath, sizeBytes));
    default:
      return format satisfies never;
  }
}

async function readStart(archivePath: string): Promise<{ start: Buffer; sizeBytes: number }> {
  const file = await open(archivePath);
  try {
    const { size } = await file.stat();
    const { buffer, bytesRead } = await file.read(Buffer.alloc(magicBytes), 0, magicBytes, 0);
    return { start: buffer.subarray(0, bytesRead), sizeBytes: size };
  } finally {
    await file.close();
  }
}
