import { crc32, deflateRawSync } from 'node:zlib';

/** Zip records written by hand, so that a test can say anything a hostile writer could. */

/** What one of the two headers of a member says; each can be made to lie by itself. */
interface RawZipHeader {
  readonly name: string | Uint8Array;
  readonly flags: number;
  readonly method: number;
  readonly crc: number;
  readonly compressedBytes: number;
  readonly expandedBytes: number;
  readonly extra: Uint8Array;
}

export interface RawZipMember {
  readonly name: string | Uint8Array;
  readonly content?: string | Uint8Array;
  /** Compressed data as it is, instead of the deflated content. */
  readonly data?: Uint8Array;
  readonly method?: 0 | 8;
  readonly flags?: number;
  /** `st_mode` of a Unix writer. */
  readonly mode?: number;
  readonly dosAttributes?: number;
  readonly local?: Partial<RawZipHeader>;
  readonly central?: Partial<RawZipHeader>;
  /** Bytes between this member's data and what comes next: a data descriptor, or anything else. */
  readonly after?: Uint8Array;
  /** Where the central directory says the local header is, if not where it is. */
  readonly offset?: number;
}

interface RawZipOptions {
  readonly before?: Uint8Array;
  readonly beforeDirectory?: Uint8Array;
  readonly after?: Uint8Array;
  readonly comment?: Uint8Array;
  /** Fields of the end record that shall not tell the truth. */
  readonly end?: {
    readonly entryCount?: number;
    readonly diskEntryCount?: number;
    readonly disk?: number;
    readonly directoryBytes?: number;
    readonly directoryOffset?: number;
  };
  /** Whether the directory lists the members in the opposite order. */
  readonly reversed?: boolean;
  /** Put between the directory and the end record. */
  readonly beforeEnd?: Uint8Array;
}

const regularMode = 0o100644;

export function zipFile(members: readonly RawZipMember[], options: RawZipOptions = {}): Buffer {
  const parts: Uint8Array[] = [options.before ?? Buffer.alloc(0)];
  const directory: Buffer[] = [];
  let at = parts[0]?.length ?? 0;
  for (const member of members) {
    const truth = truthOf(member);
    const local = Buffer.concat([
      localHeader({ ...truth, ...member.local }),
      dataOf(member),
      member.after ?? Buffer.alloc(0),
    ]);
    directory.push(centralHeader({ ...truth, ...member.central }, member, member.offset ?? at));
    parts.push(local);
    at += local.length;
  }
  const central = Buffer.concat(options.reversed ? directory.reverse() : directory);
  const gap = options.beforeDirectory ?? Buffer.alloc(0);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(options.end?.disk ?? 0, 4);
  end.writeUInt16LE(options.end?.diskEntryCount ?? options.end?.entryCount ?? members.length, 8);
  end.writeUInt16LE(options.end?.entryCount ?? members.length, 10);
  end.writeUInt32LE(options.end?.directoryBytes ?? central.length, 12);
  end.writeUInt32LE(options.end?.directoryOffset ?? at + gap.length, 16);
  end.writeUInt16LE(options.comment?.length ?? 0, 20);
  const tail = [
    options.beforeEnd ?? Buffer.alloc(0),
    end,
    options.comment ?? Buffer.alloc(0),
    options.after ?? Buffer.alloc(0),
  ];
  return Buffer.concat([...parts, gap, central, ...tail]);
}

/** What a streaming writer puts behind the data when it did not know the sizes before. */
export function dataDescriptor(content: string, packed: Uint8Array, withSignature = true): Buffer {
  const descriptor = Buffer.alloc(16);
  descriptor.writeUInt32LE(0x08074b50, 0);
  descriptor.writeUInt32LE(crc32(content), 4);
  descriptor.writeUInt32LE(packed.length, 8);
  descriptor.writeUInt32LE(Buffer.byteLength(content), 12);
  return withSignature ? descriptor : descriptor.subarray(4);
}

function truthOf(member: RawZipMember): RawZipHeader {
  const content = Buffer.from(member.content ?? '');
  return {
    name: member.name,
    flags: member.flags ?? 0,
    method: methodOf(member),
    crc: crc32(content),
    compressedBytes: dataOf(member).length,
    expandedBytes: content.length,
    extra: Buffer.alloc(0),
  };
}

function methodOf(member: RawZipMember): number {
  return member.method ?? (Buffer.from(member.name).at(-1) === 0x2f ? 0 : 8);
}

function dataOf(member: RawZipMember): Uint8Array {
  const content = Buffer.from(member.content ?? '');
  return member.data ?? (methodOf(member) === 8 ? deflateRawSync(content) : content);
}

function localHeader(header: RawZipHeader): Buffer {
  const fixed = Buffer.alloc(30);
  fixed.writeUInt32LE(0x04034b50, 0);
  fixed.writeUInt16LE(20, 4);
  shared(fixed, 6, header);
  return Buffer.concat([fixed, Buffer.from(header.name), header.extra]);
}

function centralHeader(header: RawZipHeader, member: RawZipMember, offset: number): Buffer {
  const fixed = Buffer.alloc(46);
  fixed.writeUInt32LE(0x02014b50, 0);
  fixed.writeUInt16LE((3 << 8) | 20, 4);
  fixed.writeUInt16LE(20, 6);
  shared(fixed, 8, header);
  const isFolder = Buffer.from(header.name).at(-1) === 0x2f;
  const mode = member.mode ?? (isFolder ? 0o040755 : regularMode);
  fixed.writeUInt32LE((mode << 16) >>> 0, 38);
  fixed.writeUInt16LE(member.dosAttributes ?? 0, 38);
  fixed.writeUInt32LE(offset, 42);
  return Buffer.concat([fixed, Buffer.from(header.name), header.extra]);
}

/** The fields that both headers have in the same order. */
function shared(fixed: Buffer, at: number, header: RawZipHeader): void {
  fixed.writeUInt16LE(header.flags, at);
  fixed.writeUInt16LE(header.method, at + 2);
  fixed.writeUInt32LE(header.crc, at + 8);
  fixed.writeUInt32LE(header.compressedBytes, at + 12);
  fixed.writeUInt32LE(header.expandedBytes, at + 16);
  fixed.writeUInt16LE(Buffer.from(header.name).length, at + 20);
  fixed.writeUInt16LE(header.extra.length, at + 22);
}
