/** Tar blocks written by hand, so that a test can say anything a hostile writer could. */

interface RawTarEntry {
  readonly name: string;
  readonly content?: string | Uint8Array;
  /** One character; `\0` is the old form of a regular file. */
  readonly type?: string;
  readonly mode?: number;
  /** What the header declares, if not the content's size. */
  readonly declaredBytes?: number;
  /** The size field as it is, for numbers that are no octal. */
  readonly sizeField?: string;
  readonly magic?: string;
  readonly prefix?: string;
  readonly linkName?: string;
  /** Added to the right checksum. */
  readonly checksumOffset?: number;
}

const block = 512;
const posixMagic = 'ustar\u000000';
export const gnuMagic = 'ustar  \u0000';

export function tarHeader(entry: RawTarEntry, contentBytes = 0): Buffer {
  const header = Buffer.alloc(block);
  const put = (text: string, offset: number, length: number): void => {
    header.write(text, offset, length, 'utf8');
  };
  put(entry.name, 0, 100);
  put(octal(entry.mode ?? 0o644, 7), 100, 8);
  put(octal(1000, 7), 108, 8);
  put(octal(1000, 7), 116, 8);
  header.write(entry.sizeField ?? octal(entry.declaredBytes ?? contentBytes, 11), 124, 12, 'latin1');
  put(octal(1_700_000_000, 11), 136, 12);
  put(entry.type ?? '0', 156, 1);
  put(entry.linkName ?? '', 157, 100);
  put(entry.magic ?? posixMagic, 257, 8);
  put(entry.prefix ?? '', 345, 155);
  header.fill(' ', 148, 156);
  const sum = header.reduce((total, byte) => total + byte, 0) + (entry.checksumOffset ?? 0);
  put(`${octal(sum, 6)}\0 `, 148, 8);
  return header;
}

export function tarEntry(entry: RawTarEntry): Buffer {
  const content = Buffer.from(entry.content ?? '');
  const padding = Buffer.alloc((block - (content.length % block)) % block);
  return Buffer.concat([tarHeader(entry, content.length), content, padding]);
}

export const tarEnd = Buffer.alloc(2 * block);

export function tarFile(...entries: readonly (RawTarEntry | Buffer)[]): Buffer {
  return Buffer.concat([...entries.map((entry) => (Buffer.isBuffer(entry) ? entry : tarEntry(entry))), tarEnd]);
}

/** A pax header for the next entry (`x`) or for all that follow (`g`). */
export function paxHeader(records: Readonly<Record<string, string>>, type: 'x' | 'g' = 'x'): Buffer {
  const content = Object.entries(records)
    .map(([key, value]) => paxRecord(key, value))
    .join('');
  return tarEntry({ name: 'PaxHeaders/x', type, content });
}

export function paxRecord(key: string, value: string): string {
  const rest = ` ${key}=${value}\n`;
  const restBytes = Buffer.byteLength(rest);
  let length = restBytes + 1;
  while (String(length).length + restBytes !== length) length += 1;
  return `${length}${rest}`;
}

export function gnuLongName(name: string): Buffer {
  return tarEntry({ name: '././@LongLink', type: 'L', magic: gnuMagic, content: `${name}\0` });
}

function octal(value: number, digits: number): string {
  return value.toString(8).padStart(digits, '0');
}
