import { isObject } from '../../../documents/json-object.ts';
import { SraasError } from '../../../errors.ts';
import { checkEnvelopeBytes } from '../../../http/envelope-bytes.ts';
import { parseJson } from '../../../http/json.ts';
import { ScaasRefusal } from '../refusal.ts';

/** What somebody wants to have run on the page. */
export interface PageRequest {
  /** Path of the file that the code is put into, as its handler names it. */
  readonly path: string;
  readonly code: string;
  /** The envelope's bytes as they were written, which have been checked. */
  readonly envelope: Buffer;
  /** The config of a function that is never deployed, unchecked. */
  readonly config: Readonly<Record<string, unknown>>;
}

const extensions: Readonly<Record<string, string>> = { python: '.py', javascript: '.js', typescript: '.ts' };

/**
 * Reads what the page sends: `{ "runtime", "language", "handler", "code", "input", "limits", "network" }`, where `input` is the text of
 * an envelope.
 * @throws ScaasRefusal 400; SraasError INVALID_JSON, INVALID_ENVELOPE, EVENT_TOO_LARGE.
 */
export function parsePageRequest(body: Buffer, maxEventBytes: number): PageRequest {
  const document = parseJson(body);
  if (!isObject(document))
    throw new ScaasRefusal(400, 'Send an object with runtime, language, handler, code and input.');
  const text = (name: string): string => {
    const value = document[name];
    if (typeof value !== 'string' || /\p{Cs}/u.test(value)) throw new ScaasRefusal(400, `${name} must be text.`);
    return value;
  };
  const { limits, network = 'none' } = document;
  const handler = text('handler');
  return {
    path: pathOf(handler, text('language')),
    code: text('code'),
    envelope: envelopeOf(text('input'), maxEventBytes),
    config: { runtime: text('runtime'), handler, network, ...(limits === undefined ? {} : { limits }) },
  };
}

function pathOf(handler: string, language: string): string {
  const extension = extensions[language];
  if (extension === undefined) {
    throw new ScaasRefusal(400, `language must be one of ${Object.keys(extensions).join(', ')}.`);
  }
  if (handler.trim() === '') throw new ScaasRefusal(400, 'Handler path is required (e.g. main.handler)');
  const dot = handler.lastIndexOf('.');
  if (dot < 1) throw new ScaasRefusal(400, 'Handler must be in module.function format');
  return handler.slice(0, dot) + extension;
}

function envelopeOf(input: string, maxEventBytes: number): Buffer {
  const envelope = Buffer.from(input);
  if (envelope.length > maxEventBytes) {
    throw new SraasError(
      'EVENT_TOO_LARGE',
      `The input JSON has ${envelope.length} bytes; ${maxEventBytes} are allowed.`,
    );
  }
  checkEnvelopeBytes(envelope);
  return envelope;
}
