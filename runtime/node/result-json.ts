import type { ErrorDescriber } from './describe-error.ts';
import { bufferFrom, OriginalRangeError, stringifyJson } from './originals.ts';
import { findUnserializable } from './unserializable.ts';

/** A handler's return value as bytes for the channel, or why it has none. */
export type EncodedResult =
  | { readonly status: 'ok'; readonly json: Buffer }
  | { readonly status: 'bad_result' | 'output_too_large'; readonly error: string };

// A RangeError of JSON.stringify means too long or too deep. Only its message tells, so the engine is asked for its words.
const tooLongMessage = messageOfTooLongText();

/**
 * The JSON text of what a handler returned; nothing returned is `null`. Calls the value's own getters and `toJSON`, and
 * never throws, whatever those do.
 */
export function encodeResult(value: unknown, maxBytes: number, describe: ErrorDescriber): EncodedResult {
  if (typeof value === 'function' || typeof value === 'symbol') {
    return { status: 'bad_result', error: `The result is a ${typeof value}, which JSON cannot hold.` };
  }
  let text: string;
  try {
    text = stringifyJson(value) ?? 'null';
  } catch (thrown) {
    return explain(value, thrown, maxBytes, describe);
  }
  const json = bufferFrom(text, 'utf8');
  if (json.length <= maxBytes) return { status: 'ok', json };
  const error = `The result is ${json.length} bytes of JSON; the limit is ${maxBytes} bytes (limits.result_bytes).`;
  return { status: 'output_too_large', error };
}

function explain(value: unknown, thrown: unknown, maxBytes: number, describe: ErrorDescriber): EncodedResult {
  const isRangeError = thrown instanceof OriginalRangeError;
  if (isRangeError && thrown.message === tooLongMessage) {
    const error = `The result's JSON is longer than a string can be; the limit is ${maxBytes} bytes (limits.result_bytes).`;
    return { status: 'output_too_large', error };
  }
  const reason = findUnserializable(value, { reportDepth: isRangeError });
  if (reason !== undefined) return { status: 'bad_result', error: `The result is not JSON: ${reason}` };
  return { status: 'bad_result', error: `The result could not be turned into JSON. ${describe(thrown)}` };
}

function messageOfTooLongText(): string | undefined {
  try {
    'x'.repeat(2 ** 30);
    return undefined;
  } catch (thrown) {
    return (thrown as Error).message;
  }
}
