import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { orDamaged } from './damage.ts';
import { refusedUpload } from './refusal.ts';

/**
 * The bytes inside a gzip file. Several members in a row are one stream, as RFC 1952 section 2.2 has it and as parallel compressors write
 * them; anything else after the last member is refused. Throws `INVALID_ARTIFACT`.
 */
export function gunzipped(path: string, sizeBytes: number): AsyncGenerator<Uint8Array, void, undefined> {
  return orDamaged('gzip', () => gunzip(path, sizeBytes));
}

async function* gunzip(path: string, sizeBytes: number): AsyncGenerator<Uint8Array, void, undefined> {
  const expanded = createGunzip();
  // The callback has nothing to do: a failure of either stream is thrown by the loop below, and leaving it destroys both.
  pipeline(createReadStream(path), expanded, () => undefined);
  yield* expanded as AsyncIterable<Buffer>;
  // zlib skips what follows a member if it starts with a zero byte; only the count of consumed bytes tells.
  if (expanded.bytesWritten !== sizeBytes) {
    throw refusedUpload('The gzip data is followed by other bytes: make the archive again without them.');
  }
}
