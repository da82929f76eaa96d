import type { FileHandle } from 'node:fs/promises';
import { pipeline, type Readable } from 'node:stream';
import { crc32, createInflateRaw } from 'node:zlib';
import type { LocalFileHeader, ZipFile } from 'yauzl';
import { orDamaged } from '../damage.ts';
import { refusedEntry } from '../refusal.ts';
import type { ZipMember } from './zip-directory.ts';

const flagDescriptor = 0x0008;
const descriptorSignature = 0x08074b50;

/**
 * Compares a member's local header, and the descriptor behind its data, with the central directory. Returns the offset of the first
 * byte that belongs to what comes after the member. Throws `INVALID_ARTIFACT`.
 */
export async function endOf(zip: ZipFile, file: FileHandle, member: ZipMember): Promise<number> {
  const { central, path } = member;
  const local = await zip.readLocalFileHeaderPromise(central);
  const hasDescriptor = (central.generalPurposeBitFlag & flagDescriptor) !== 0;
  if (!agrees(local, member, hasDescriptor))
    throw refusedEntry(path, 'differs between its two headers; make the archive again');
  const dataEnd = local.fileDataStart + central.compressedSize;
  if (!hasDescriptor) return dataEnd;
  return dataEnd + (await readDescriptor(file, dataEnd, member));
}

function agrees(local: LocalFileHeader, { central }: ZipMember, hasDescriptor: boolean): boolean {
  const isSame = (here: number, there: number): boolean => here === there || (hasDescriptor && here === 0);
  return (
    local.fileName.equals(central.fileNameRaw) &&
    local.generalPurposeBitFlag === central.generalPurposeBitFlag &&
    local.compressionMethod === central.compressionMethod &&
    isSame(local.crc32, central.crc32) &&
    isSame(local.compressedSize, central.compressedSize) &&
    isSame(local.uncompressedSize, central.uncompressedSize)
  );
}

/** The descriptor repeats checksum and sizes; its signature is optional (APPNOTE 4.3.9.3). */
async function readDescriptor(file: FileHandle, at: number, { central, path }: ZipMember): Promise<number> {
  const { buffer } = await file.read(Buffer.alloc(16), 0, 16, at);
  const expected = [central.crc32, central.compressedSize, central.uncompressedSize];
  const holds = (start: number): boolean =>
    expected.every((value, index) => buffer.readUInt32LE(start + 4 * index) === value);
  if (buffer.readUInt32LE(0) === descriptorSignature && holds(4)) return 16;
  if (holds(0)) return 12;
  throw refusedEntry(path, 'differs between its header and what follows its data; make the archive again');
}

/**
 * A member's expanded bytes. Ends only if sizes and checksum are exactly what the directory declares and every compressed byte was
 * needed; otherwise throws `INVALID_ARTIFACT`.
 */
export function contentOf(zip: ZipFile, member: ZipMember): AsyncGenerator<Uint8Array, void, undefined> {
  return orDamaged('zip', () => expand(zip, member));
}

async function* expand(zip: ZipFile, { central, path }: ZipMember): AsyncGenerator<Uint8Array, void, undefined> {
  const { compressedSize, uncompressedSize } = central;
  // Inflated here and not by the library, which keeps no count of the compressed bytes that were needed.
  const packed = await zip.openReadStreamPromise(central, { decodeFileData: false });
  const inflate = central.compressionMethod === 8 ? createInflateRaw() : undefined;
  let sizeBytes = 0;
  let checksum = 0;
  for await (const chunk of chunksOf(packed, inflate)) {
    sizeBytes += chunk.byteLength;
    if (sizeBytes > uncompressedSize)
      throw refusedEntry(path, 'expands to more bytes than it declares; make the archive again');
    checksum = crc32(chunk, checksum);
    yield chunk;
  }
  const isComplete = sizeBytes === uncompressedSize && checksum === central.crc32;
  // zlib skips what follows the end of the deflated data; only the count of consumed bytes tells.
  const isTight = inflate === undefined || inflate.bytesWritten === compressedSize;
  if (!isComplete || !isTight) throw refusedEntry(path, 'is damaged; make the archive again');
}

function chunksOf(packed: Readable, inflate: ReturnType<typeof createInflateRaw> | undefined): AsyncIterable<Buffer> {
  if (inflate === undefined) return packed;
  // The callback has nothing to do: a failure of either stream is thrown where the chunks are read, and leaving there destroys both.
  return pipeline(packed, inflate, () => undefined);
}
