import { refusedUpload } from '../refusal.ts';
import { strictUtf8 } from '../utf8.ts';

/**
 * The records of a pax extended header (POSIX.1-2017, pax, extended header format): `length key=value\n`, the length counting itself.
 * A record that does not add up, or a key that is there twice, is refused with `INVALID_ARTIFACT`.
 */
export function readPaxRecords(data: Buffer): ReadonlyMap<string, string> {
  const records = new Map<string, string>();
  let at = 0;
  while (at < data.length) {
    const length = /^([1-9][0-9]{0,8}) /.exec(data.toString('latin1', at, at + 10))?.[1];
    const end = at + Number(length ?? Number.NaN);
    if (length === undefined || end > data.length || data[end - 1] !== 0x0a) throw broken();
    const record = strictUtf8(data.subarray(at + length.length + 1, end - 1));
    const separator = record?.indexOf('=') ?? -1;
    if (record === undefined || separator < 1) throw broken();
    const key = record.slice(0, separator);
    if (records.has(key)) throw broken();
    records.set(key, record.slice(separator + 1));
    at = end;
  }
  return records;
}

function broken(): Error {
  return refusedUpload('The tar data has a broken pax header: make the archive again, for instance with GNU tar.');
}
