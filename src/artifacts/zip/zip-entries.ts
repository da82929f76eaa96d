import { open } from 'node:fs/promises';
import { openPromise } from 'yauzl';
import { orDamaged } from '../damage.ts';
import type { ArtifactLimits } from '../limits.ts';
import { refusedEntry, refusedUpload, tooLarge } from '../refusal.ts';
import type { Entry } from '../uploaded-file.ts';
import { readZipDirectory } from './zip-directory.ts';
import { readZipEnd } from './zip-end.ts';
import { contentOf, endOf } from './zip-member.ts';

/**
 * The entries of a zip file. Its members must lie side by side from the first byte to the central directory, each byte belonging to
 * exactly one of them: so nothing overlaps, nothing hides between or before them, and no second archive can be read out of the file.
 * Throws `INVALID_ARTIFACT` or `ARTIFACT_TOO_LARGE`.
 */
export function zipEntries(archivePath: string, limits: ArtifactLimits): AsyncGenerator<Entry, void, undefined> {
  return orDamaged('zip', () => readZip(archivePath, limits));
}

async function* readZip(archivePath: string, limits: ArtifactLimits): AsyncGenerator<Entry, void, undefined> {
  const file = await open(archivePath);
  try {
    const end = await readZipEnd(file, (await file.stat()).size);
    if (end.entryCount > limits.entries) throw tooLarge('its tree', limits.entries, 'files and folders');
    // Names stay bytes, as the library would decode broken UTF-8 silently; it opens the file by itself to own what it closes.
    const zip = await openPromise(archivePath, { decodeStrings: false, autoClose: false });
    try {
      let next = 0;
      for (const member of await readZipDirectory(zip, end, limits)) {
        const { central, path, isDirectory, executable } = member;
        if (central.relativeOffsetOfLocalHeader !== next) {
          throw refusedEntry(
            path,
            'overlaps another entry or follows bytes that belong to none; make the archive again',
          );
        }
        next = await endOf(zip, file, member);
        if (isDirectory) yield { kind: 'directory', path };
        else yield { kind: 'file', path, executable, content: contentOf(zip, member) };
      }
      if (next !== end.directoryOffset)
        throw refusedUpload('The zip data has bytes that belong to no entry: make the archive again.');
    } finally {
      zip.close();
    }
  } finally {
    await file.close();
  }
}
