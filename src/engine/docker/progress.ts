import { createInterface } from 'node:readline';
import { EngineError, type EngineErrorCode } from '../engine-error.ts';

interface ProgressMessage {
  readonly stream?: string;
  readonly status?: string;
  readonly id?: string;
  readonly error?: string;
  readonly aux?: { readonly ID?: string };
}

/**
 * Reads the JSON lines that `/build` and `/images/create` stream, and hands on what a person wants to see. Resolves with the
 * image id when the stream names one. An error inside the stream comes under status 200; it rejects with `failure`.
 */
export async function followProgress(
  stream: NodeJS.ReadableStream,
  failure: EngineErrorCode,
  onProgress: ((line: string) => void) | undefined,
): Promise<string | undefined> {
  let imageId: string | undefined;
  for await (const line of createInterface({ input: stream, crlfDelay: Infinity })) {
    if (line === '') continue;
    const message = JSON.parse(line) as ProgressMessage;
    if (message.error !== undefined) throw new EngineError(failure, message.error);
    if (message.aux?.ID !== undefined) imageId = message.aux.ID;
    for (const text of (message.stream ?? statusText(message)).split('\n')) {
      if (text.trim() !== '') onProgress?.(text.trimEnd());
    }
  }
  return imageId;
}

function statusText({ status, id }: ProgressMessage): string {
  // The bar of a layer's download is redrawn many times a second; its beginning and end are enough.
  if (status === undefined || status === 'Downloading' || status === 'Extracting') return '';
  return id === undefined ? status : `${id}: ${status}`;
}
