import type { IncomingMessage } from 'node:http';
import { SraasError } from '../errors.ts';

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Parses a body as JSON in strict UTF-8.
 * @throws SraasError INVALID_JSON; malformed UTF-8 is refused, not replaced.
 */
export function parseJson(body: Uint8Array): unknown {
  let text: string;
  try {
    text = utf8.decode(body);
  } catch {
    throw new SraasError('INVALID_JSON', 'The body is not valid UTF-8.');
  }
  if (text === '') throw new SraasError('INVALID_JSON', 'The body is empty; send a JSON document.');
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    // The parser's message may quote the body; only a position is taken from it, where it tells one.
    const where = /at position \d+( \(line \d+ column \d+\))?/.exec((error as Error).message)?.[0];
    throw new SraasError(
      'INVALID_JSON',
      `The body is not valid JSON${where === undefined ? '' : `: it goes wrong ${where}`}.`,
    );
  }
}

/**
 * Requires `application/json`, alone or with `charset=utf-8`: a browser has to ask before it sends that to another origin.
 * @throws SraasError UNSUPPORTED_MEDIA_TYPE
 */
export function requireJson({ headers }: Pick<IncomingMessage, 'headers'>): void {
  if (isJsonType(headers['content-type'])) return;
  throw new SraasError('UNSUPPORTED_MEDIA_TYPE', 'Send the body with Content-Type: application/json.');
}

export function isJsonType(type = ''): boolean {
  return /^application\/json\s*(;\s*charset\s*=\s*"?utf-8"?\s*)?$/i.test(type);
}
