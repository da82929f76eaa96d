import { EngineError } from '../engine-error.ts';
import type { BuildEnd } from '../build.ts';

interface BuildMessage {
  readonly stream?: string;
  readonly errorDetail?: { readonly code?: number; readonly message?: string };
  readonly error?: string;
  readonly aux?: { readonly ID?: string };
}

/** Longest message that is read. The engine cuts output into pieces of 32 KiB, which JSON's escapes can make six times as long. */
const maxMessageBytes = 1_000_000;

/**
 * Reads the JSON lines that `POST /build` streams. Only one piece at a time is in memory: the stream is not read further until
 * `onOutput` has resolved, which in the end holds up the process that writes.
 */
export async function readBuildStream(
  stream: AsyncIterable<Buffer | string>,
  onOutput: (text: string) => Promise<void>,
): Promise<BuildEnd> {
  let imageId: string | undefined;
  for await (const line of lines(stream)) {
    const message = parse(line);
    if (message.error !== undefined || message.errorDetail !== undefined) {
      const { code, message: text = message.error ?? '' } = message.errorDetail ?? {};
      return { end: 'failed', message: text, exitCode: code === undefined || code === 0 ? undefined : code };
    }
    if (message.aux?.ID !== undefined) imageId = message.aux.ID;
    if (message.stream !== undefined) await onOutput(message.stream);
  }
  if (imageId === undefined) throw new EngineError('unreachable', 'The engine broke off its answer to a build');
  return { end: 'built', imageId };
}

async function* lines(stream: AsyncIterable<Buffer | string>): AsyncGenerator<string, void, undefined> {
  let pieces: Buffer[] = [];
  let length = 0;
  for await (const read of stream) {
    let chunk = Buffer.from(read);
    for (let end = chunk.indexOf(0x0a); end !== -1; end = chunk.indexOf(0x0a)) {
      const line = Buffer.concat([...pieces, chunk.subarray(0, end)]).toString('utf8');
      pieces = [];
      length = 0;
      chunk = chunk.subarray(end + 1);
      if (line.trim() !== '') yield line;
    }
    length += chunk.byteLength;
    if (length > maxMessageBytes) throw new EngineError('refused', 'The engine sent a message of more than 1 MB');
    if (chunk.byteLength > 0) pieces.push(chunk);
  }
}

function parse(line: string): BuildMessage {
  try {
    return JSON.parse(line) as BuildMessage;
  } catch (error) {
    throw new EngineError('refused', 'The engine sent a message that is not JSON', error);
  }
}
