import { refusedUpload } from './refusal.ts';

export type ArchiveFormat = 'zip' | 'tar' | 'tar.gz';

/** Enough bytes from an archive's start to tell its format. */
export const magicBytes = 512;

const tarMagicOffset = 257;

/** Formats that are not accepted but known well enough to be called by name. */
const refusedFormats: readonly (readonly [name: string, magic: readonly number[]])[] = [
  ['bzip2', [0x42, 0x5a, 0x68]],
  ['xz', [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]],
  ['zstd', [0x28, 0xb5, 0x2f, 0xfd]],
  ['lz4', [0x04, 0x22, 0x4d, 0x18]],
  ['7-Zip', [0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c]],
  ['RAR', [0x52, 0x61, 0x72, 0x21]],
];

/**
 * Tells the format by the bytes alone: neither a name nor a content type is asked. A tar needs the `ustar` magic of POSIX or GNU, or is
 * empty (zeros only). Throws `INVALID_ARTIFACT` for anything else.
 */
export function archiveFormat(start: Buffer): ArchiveFormat {
  if (start.length === 0)
    throw refusedUpload('The archive is empty: send a zip, tar or tar.gz file with the function’s code.');
  if (startsWith(start, [0x1f, 0x8b])) return 'tar.gz';
  if (startsWith(start, [0x50, 0x4b, 0x03, 0x04]) || startsWith(start, [0x50, 0x4b, 0x05, 0x06])) return 'zip';
  if (start.toString('latin1', tarMagicOffset, tarMagicOffset + 5) === 'ustar') return 'tar';
  if (start.length === magicBytes && start.every((byte) => byte === 0)) return 'tar';
  const known = refusedFormats.find(([, magic]) => startsWith(start, magic));
  const found = known === undefined ? 'in no format that is known here' : `${known[0]} data`;
  throw refusedUpload(`The archive is ${found}: send it as zip, tar or tar.gz.`);
}

function startsWith(start: Buffer, magic: readonly number[]): boolean {
  return magic.every((byte, index) => start[index] === byte);
}
