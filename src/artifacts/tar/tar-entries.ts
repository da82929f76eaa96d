import { quoted, refusedEntry, refusedUpload, tooLarge } from '../refusal.ts';
import type { Entry } from '../uploaded-file.ts';
import { ByteReader } from './byte-reader.ts';
import {
  checkGlobalPaxHeader,
  extensionBytes,
  readGnuLongName,
  readPaxExtension,
  type TarExtension,
} from './tar-extension.ts';
import { blockBytes, isZeroBlock, readTarHeader, type TarHeader } from './tar-header.ts';

/** Most zeros after the end mark: writers fill up to a record, 10 KiB by default and rarely more. */
const trailingBytes = 1024 * 1024;

const refusedTypes: Readonly<Record<string, string>> = {
  '1': 'a hard link',
  '2': 'a symbolic link',
  '3': 'a character device',
  '4': 'a block device',
  '6': 'a FIFO',
  '7': 'a contiguous file',
  D: 'a folder listing of an incremental backup',
  K: 'a link with a long target',
  M: 'the rest of a file from another volume',
  S: 'a sparse file',
  V: 'a volume label',
};

/**
 * The entries of a tar stream in ustar, pax or GNU format: regular files and folders, anything else is refused and named.
 * The archive must end with its end mark and hold nothing but zeros after it. Throws `INVALID_ARTIFACT`.
 */
export async function* tarEntries(source: AsyncIterable<Uint8Array>): AsyncGenerator<Entry, void, undefined> {
  const reader = new ByteReader(source);
  try {
    let extension: TarExtension | undefined;
    for (;;) {
      const block = await reader.take(blockBytes);
      if (block.length < blockBytes) throw cutShort();
      if (isZeroBlock(block)) {
        if (extension !== undefined) throw cutShort();
        await expectEnd(reader);
        return;
      }
      const header = readTarHeader(block);
      if ('xgL'.includes(header.type)) {
        const data = await readExtensionData(reader, header);
        yield { kind: 'metadata', sizeBytes: blockBytes + data.length };
        const read = readExtension(header.type, data);
        if (read !== undefined && extension !== undefined)
          throw refusedUpload('The tar data names one entry twice: make the archive again.');
        extension = read ?? extension;
        continue;
      }
      yield* entryOf(reader, header, extension);
      extension = undefined;
    }
  } finally {
    await reader.close();
  }
}

async function* entryOf(
  reader: ByteReader,
  header: TarHeader,
  extension: TarExtension = {},
): AsyncGenerator<Entry, void, undefined> {
  const name = extension.path ?? header.name;
  if (extension.sizeBytes !== undefined && extension.sizeBytes !== header.sizeBytes) {
    throw refusedEntry(name, 'has two different sizes in its headers; make the archive again');
  }
  // Before types had a flag for folders, a last slash marked them; GNU tar still reads it so.
  const isDirectory = header.type === '5' || (header.type === '0' && name.endsWith('/'));
  if (isDirectory) {
    if (header.sizeBytes !== 0) throw refusedEntry(name, 'is a folder with content; make the archive again');
    yield directoryEntry(name);
    return;
  }
  if (header.type !== '0') {
    const what = refusedTypes[header.type] ?? `an entry of the unknown type ${quoted(header.type)}`;
    throw refusedEntry(
      name,
      `is ${what}; only regular files and folders are accepted, so upload a copy of the file instead`,
    );
  }
  reader.expectBody(header.sizeBytes);
  yield { kind: 'file', path: withoutDot(name), executable: (header.mode & 0o111) !== 0, content: contentOf(reader) };
  for await (const _unread of reader.body());
  if (reader.missingBytes > 0) throw cutShort();
  await skipPadding(reader, header.sizeBytes);
}

async function* contentOf(reader: ByteReader): AsyncGenerator<Uint8Array, void, undefined> {
  yield* reader.body();
  if (reader.missingBytes > 0) throw cutShort();
}

function directoryEntry(name: string): Entry {
  const path = withoutDot(name);
  // `tar -c .` starts with the folder itself, which is no part of what it holds.
  if (path === '' || path === '.' || path === '/') return { kind: 'metadata', sizeBytes: blockBytes };
  return { kind: 'directory', path: path.endsWith('/') ? path.slice(0, -1) : path };
}

/** GNU tar writes `./` before every name when it is given a folder by that name. */
function withoutDot(name: string): string {
  return name.startsWith('./') ? name.slice(2) : name;
}

async function readExtensionData(reader: ByteReader, header: TarHeader): Promise<Buffer> {
  if (header.sizeBytes > extensionBytes) throw tooLarge('a header inside the tar data', extensionBytes, 'bytes');
  const data = await reader.take(header.sizeBytes);
  if (data.length < header.sizeBytes) throw cutShort();
  await skipPadding(reader, header.sizeBytes);
  return data;
}

function readExtension(type: string, data: Buffer): TarExtension | undefined {
  if (type === 'x') return readPaxExtension(data);
  if (type === 'L') return readGnuLongName(data);
  checkGlobalPaxHeader(data);
  return undefined;
}

async function skipPadding(reader: ByteReader, sizeBytes: number): Promise<void> {
  const paddingBytes = (blockBytes - (sizeBytes % blockBytes)) % blockBytes;
  if ((await reader.take(paddingBytes)).length < paddingBytes) throw cutShort();
}

/** The first of the two zero blocks has been read. */
async function expectEnd(reader: ByteReader): Promise<void> {
  const second = await reader.take(blockBytes);
  if (second.length < blockBytes) throw cutShort();
  let leftBytes = trailingBytes;
  for (let block = second; block.length > 0; block = await reader.take(blockBytes)) {
    leftBytes -= block.length;
    if (!isZeroBlock(block) || leftBytes < 0) {
      throw refusedUpload('The tar data goes on after its end mark: send one archive without anything appended to it.');
    }
  }
}

function cutShort(): Error {
  return refusedUpload('The tar data is cut short: send the whole archive.');
}
