import { refusedUpload } from '../refusal.ts';
import { strictUtf8 } from '../utf8.ts';

export const blockBytes = 512;

/** What a header block of a tar file says, as far as it is asked. Owners and times are not: every file gets the same ones. */
export interface TarHeader {
  readonly name: string;
  /** The type flag as a character; the NUL of old writers is told as `0`, which means the same (POSIX.1-2017, pax, ustar format). */
  readonly type: string;
  readonly mode: number;
  readonly sizeBytes: number;
}

/**
 * Decodes one block, strictly: anything that two readers of tar might understand differently is refused with `INVALID_ARTIFACT`.
 * Fields and offsets are those of the ustar format of POSIX.1-2017 (pax); GNU's own format keeps other things where ustar has its prefix.
 */
export function readTarHeader(block: Buffer): TarHeader {
  if (readOctal(block, 148, 8) !== checksum(block)) throw broken('a header with a wrong checksum');
  const magic = block.toString('latin1', 257, 265);
  const isPosix = magic === 'ustar\u000000';
  if (!isPosix && magic !== 'ustar  \u0000') throw broken('a header that is neither ustar nor GNU format');
  const name = readText(block, 0, 100);
  const prefix = isPosix ? readText(block, 345, 155) : '';
  return {
    name: prefix === '' ? name : `${prefix}/${name}`,
    type: block[156] === 0 ? '0' : block.toString('latin1', 156, 157),
    mode: readOctal(block, 100, 8),
    sizeBytes: readOctal(block, 124, 12),
  };
}

export function isZeroBlock(block: Buffer): boolean {
  return block.every((byte) => byte === 0);
}

function checksum(block: Buffer): number {
  // The field itself counts as eight spaces.
  let sum = 8 * 0x20;
  for (const byte of block.subarray(0, 148)) sum += byte;
  for (const byte of block.subarray(156)) sum += byte;
  return sum;
}

function readOctal(block: Buffer, offset: number, length: number): number {
  // The base-256 form of GNU and star starts with a set high bit; only files beyond 8 GiB need it, and none may be that large.
  const digits = /^ *([0-7]*)[ \0]*$/.exec(block.toString('latin1', offset, offset + length))?.[1];
  if (digits === undefined) throw broken('a number that is not octal');
  return digits === '' ? 0 : Number.parseInt(digits, 8);
}

function readText(block: Buffer, offset: number, length: number): string {
  const field = block.subarray(offset, offset + length);
  const end = field.indexOf(0);
  const text = strictUtf8(end === -1 ? field : field.subarray(0, end));
  if (text === undefined) throw broken('a name that is not UTF-8');
  return text;
}

function broken(what: string): Error {
  return refusedUpload(`The tar data has ${what}: make the archive again, for instance with GNU tar.`);
}
