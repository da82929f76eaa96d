import type { Entry as CentralEntry, ZipFile } from 'yauzl';
import type { ArtifactLimits } from '../limits.ts';
import { refusedEntry, refusedUpload, tooLarge } from '../refusal.ts';
import { strictUtf8 } from '../utf8.ts';
import type { ZipEnd } from './zip-end.ts';

/** An entry of the central directory whose kind and coding are acceptable. */
export interface ZipMember {
  readonly central: CentralEntry;
  readonly path: string;
  readonly isDirectory: boolean;
  readonly executable: boolean;
}

const centralHeaderBytes = 46;
const extraZip64 = 0x0001;
const extraUnicodePath = 0x7075;
const flagEncrypted = 0x0001;
/** Deflate's speed hints, a descriptor after the data, UTF-8 names (APPNOTE 4.4.4). The others change how data or headers are read. */
const acceptedFlags = 0x0002 | 0x0004 | 0x0008 | 0x0800;
const fileTypeMask = 0o170000;
const fileTypeRegular = 0o100000;
const fileTypeDirectory = 0o040000;

/**
 * Reads the whole central directory before any content, and returns its entries by their place in the file.
 * Throws `INVALID_ARTIFACT`, or `ARTIFACT_TOO_LARGE` by what the directory declares.
 */
export async function readZipDirectory(
  zip: ZipFile,
  end: ZipEnd,
  limits: ArtifactLimits,
): Promise<readonly ZipMember[]> {
  const members: ZipMember[] = [];
  let directoryBytes = 0;
  let declaredBytes = 0;
  for await (const central of zip.eachEntry()) {
    members.push(readMember(central));
    directoryBytes +=
      centralHeaderBytes + central.fileNameLength + central.extraFieldLength + central.fileCommentLength;
    declaredBytes += central.uncompressedSize;
    if (declaredBytes > limits.totalBytes) throw tooLarge('its expanded files', limits.totalBytes, 'bytes');
  }
  if (end.directoryOffset + directoryBytes !== end.directoryEnd) {
    throw refusedUpload(
      'The zip data has a directory with more in it than its end record counts: make the archive again.',
    );
  }
  return members.sort(
    (one, other) => one.central.relativeOffsetOfLocalHeader - other.central.relativeOffsetOfLocalHeader,
  );
}

function readMember(central: CentralEntry): ZipMember {
  // Names without the UTF-8 flag are CP437 by the letter, but the tools of today write UTF-8 there too; valid UTF-8 is taken for it.
  const name = strictUtf8(central.fileNameRaw);
  if (name === undefined)
    throw refusedEntry(central.fileNameRaw.toString('latin1'), 'has a name that is not UTF-8; rename it');
  const isDirectory = name.endsWith('/');
  const reason = codingProblem(central) ?? namingProblem(central) ?? kindProblem(central, isDirectory);
  if (reason !== undefined) throw refusedEntry(name, reason);
  const path = isDirectory ? name.slice(0, -1) : name;
  return { central, path, isDirectory, executable: (unixMode(central) & 0o111) !== 0 };
}

function codingProblem(central: CentralEntry): string | undefined {
  const flags = central.generalPurposeBitFlag;
  if ((flags & flagEncrypted) !== 0) return 'is encrypted; make the archive without a password';
  if ((flags & ~acceptedFlags) !== 0)
    return 'uses a zip feature that is not accepted; make the archive with default settings';
  const { compressionMethod: method } = central;
  if (method !== 0 && method !== 8)
    return `is compressed by method ${method}; only stored and deflated entries are accepted`;
  return undefined;
}

function namingProblem(central: CentralEntry): string | undefined {
  for (const { id, data } of central.extraFields) {
    if (id === extraZip64) return 'has ZIP64 sizes; make the archive again without them';
    // The field holds a version, a checksum and then the name; another name than the header's would be a second truth.
    if (id === extraUnicodePath && !data.subarray(5).equals(central.fileNameRaw))
      return 'has two different names; make the archive again';
  }
  return undefined;
}

function kindProblem(central: CentralEntry, isDirectory: boolean): string | undefined {
  const type = unixMode(central) & fileTypeMask;
  if (type === 0o120000) return 'is a symbolic link; upload a copy of the file it points at';
  if (type !== 0 && type !== fileTypeRegular && type !== fileTypeDirectory) {
    return 'is neither a regular file nor a folder; only these are accepted';
  }
  const saysDirectory = type === fileTypeDirectory || (central.externalFileAttributes & 0x10) !== 0;
  if ((type === fileTypeRegular && isDirectory) || (saysDirectory && !isDirectory)) {
    return 'is a folder by its name or by its attributes but not by both; make the archive again';
  }
  if (isDirectory && central.uncompressedSize !== 0) return 'is a folder with content; make the archive again';
  return undefined;
}

/** Unix writers keep `st_mode` in the upper half of the external attributes; others leave it zero. */
function unixMode(central: CentralEntry): number {
  return central.externalFileAttributes >>> 16;
}
