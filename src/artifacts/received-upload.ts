import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import type { ArtifactLimits } from './limits.ts';
import { tooLarge } from './refusal.ts';
import type { StagingFolder } from './staging.ts';

/** An archive as it was sent, on disk until it is discarded. */
export interface ReceivedUpload {
  readonly path: string;
  readonly sizeBytes: number;
  /** Idempotent. */
  discard(): Promise<void>;
}

/** Writes a stream to a new file and stops at the first byte too many. Throws `ARTIFACT_TOO_LARGE` or what the stream throws. */
export async function saveUpload(
  stream: Readable,
  folder: StagingFolder,
  limits: Pick<ArtifactLimits, 'uploadBytes'>,
): Promise<ReceivedUpload> {
  const path = join(folder.path, 'upload');
  const file = await open(path, 'wx', 0o600);
  let sizeBytes = 0;
  // A client that sends nothing more must not hold up the end of the server.
  const stop = (): void => void stream.destroy(folder.closing.reason as Error);
  folder.closing.addEventListener('abort', stop);
  try {
    folder.closing.throwIfAborted();
    // Left undestroyed on a refusal: for a request that would close the connection before the client can read why.
    for await (const chunk of stream.iterator({ destroyOnReturn: false }) as AsyncIterable<Uint8Array>) {
      sizeBytes += chunk.byteLength;
      if (sizeBytes > limits.uploadBytes) throw tooLarge('the archive', limits.uploadBytes, 'bytes');
      await file.writeFile(chunk);
    }
  } finally {
    folder.closing.removeEventListener('abort', stop);
    await file.close();
  }
  return { path, sizeBytes, discard: () => folder.remove() };
}
