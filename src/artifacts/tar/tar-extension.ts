import { refusedUpload } from '../refusal.ts';
import { strictUtf8 } from '../utf8.ts';
import { readPaxRecords } from './pax-records.ts';

/** What a header before an entry says about it. */
export interface TarExtension {
  readonly path?: string;
  readonly sizeBytes?: number;
}

/** Most bytes of one such header; GNU tar and libarchive write some hundred. */
export const extensionBytes = 64 * 1024;

/** Records that would change how bytes are read rather than what a file is called. None is needed for what may be uploaded. */
const refusedKeys = /^(GNU\.sparse\.|SCHILY\.realsize$|SUN\.holesdata$|linkpath$)/;

/** A pax header for the next entry. Throws `INVALID_ARTIFACT`. */
export function readPaxExtension(data: Buffer): TarExtension {
  const records = readPaxRecords(data);
  for (const key of records.keys()) if (refusedKeys.test(key)) throw refusedUpload(refusedRecord(key));
  const charset = records.get('hdrcharset');
  if (charset !== undefined && charset !== 'ISO-IR 10646 2000 UTF-8') throw refusedUpload(refusedRecord('hdrcharset'));
  const path = records.get('path');
  const size = records.get('size');
  if (size !== undefined && !/^[0-9]{1,15}$/.test(size)) throw refusedUpload(refusedRecord('size'));
  return { ...(path === undefined ? {} : { path }), ...(size === undefined ? {} : { sizeBytes: Number(size) }) };
}

/** A pax header for all further entries: a comment (git writes its commit id) is fine, a name or a size for all of them is not. */
export function checkGlobalPaxHeader(data: Buffer): void {
  for (const key of readPaxRecords(data).keys()) {
    if (refusedKeys.test(key) || ['path', 'size', 'hdrcharset'].includes(key)) throw refusedUpload(refusedRecord(key));
  }
}

/** GNU's header for a name of more than 100 bytes: the name, ended by a NUL. */
export function readGnuLongName(data: Buffer): TarExtension {
  const path = strictUtf8(data.at(-1) === 0 ? data.subarray(0, -1) : data);
  if (path === undefined)
    throw refusedUpload('The tar data has a name that is not UTF-8: rename the file and make the archive again.');
  return { path };
}

function refusedRecord(key: string): string {
  return `The tar data has a pax record ${key} that is not accepted: make the archive again from plain files.`;
}
