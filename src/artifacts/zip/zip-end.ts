import type { FileHandle } from 'node:fs/promises';
import { refusedUpload } from '../refusal.ts';

/** Where a zip's central directory is, by its end record. Offsets are from the start of the file. */
export interface ZipEnd {
  readonly entryCount: number;
  readonly directoryOffset: number;
  /** First byte after the central directory, which is where the end record starts. */
  readonly directoryEnd: number;
}

const endSignature = 0x06054b50;
const zip64LocatorSignature = 0x07064b50;
const endBytes = 22;
const zip64LocatorBytes = 20;
const longestCommentBytes = 0xffff;

/**
 * Reads the end record (APPNOTE 4.3.16) and refuses what leaves room for a second reading: bytes after the archive, several disks,
 * counts that disagree, a directory that does not end where the record starts. ZIP64 is refused as well: no accepted upload is large
 * enough to need it, and its second set of sizes is a second truth. Throws `INVALID_ARTIFACT`.
 */
export async function readZipEnd(file: FileHandle, sizeBytes: number): Promise<ZipEnd> {
  const tailBytes = Math.min(sizeBytes, endBytes + longestCommentBytes + zip64LocatorBytes);
  const tail = Buffer.alloc(tailBytes);
  await file.read(tail, 0, tailBytes, sizeBytes - tailBytes);
  const at = lastEndRecord(tail);
  if (at === undefined) throw refusedUpload('The zip data has no end record: send the whole archive.');
  if (tail.readUInt16LE(at + 20) !== tail.length - at - endBytes) {
    throw refusedUpload('The zip data goes on after its end record: send one archive without anything appended to it.');
  }
  const end = {
    entryCount: tail.readUInt16LE(at + 10),
    directoryOffset: tail.readUInt32LE(at + 16),
    directoryEnd: sizeBytes - tail.length + at,
  };
  const isZip64 =
    (at >= zip64LocatorBytes && tail.readUInt32LE(at - zip64LocatorBytes) === zip64LocatorSignature) ||
    end.entryCount === 0xffff ||
    end.directoryOffset === 0xffffffff;
  if (isZip64)
    throw refusedUpload('The zip data is in ZIP64 form: make the archive again without it, uploads are small enough.');
  const isOneDisk = tail.readUInt16LE(at + 4) === 0 && tail.readUInt16LE(at + 6) === 0;
  const isWhole = tail.readUInt16LE(at + 8) === end.entryCount;
  const isTight = end.directoryOffset + tail.readUInt32LE(at + 12) === end.directoryEnd;
  if (!isOneDisk || !isWhole || !isTight) {
    throw refusedUpload('The zip data has an end record that does not fit its directory: make the archive again.');
  }
  return end;
}

function lastEndRecord(tail: Buffer): number | undefined {
  for (let at = tail.length - endBytes; at >= 0; at -= 1) if (tail.readUInt32LE(at) === endSignature) return at;
  return undefined;
}
