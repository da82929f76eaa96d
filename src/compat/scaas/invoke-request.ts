import { isObject } from '../../documents/json-object.ts';
import { parseJson } from '../../http/json.ts';
import { checkEnvelope } from '../../invocations/envelope.ts';

/**
 * The body of an invoke as an envelope: all of its members may be left out, and others are passed over. One that is an
 * envelope already goes on byte by byte, so that the handler's own parser decides what a number means.
 * @throws SraasError INVALID_JSON, INVALID_ENVELOPE.
 */
export function envelopeOf(body: Buffer): Buffer {
  const document = body.length === 0 ? {} : parseJson(body);
  if (!isObject(document)) checkEnvelope(document);
  const { version = 'v1', event = {}, context = {} } = isObject(document) ? document : {};
  const envelope = { version, event, context };
  checkEnvelope(envelope);
  const isWhole = isObject(document) && Object.keys(document).every((name) => name in envelope);
  return isWhole && 'version' in document ? body : Buffer.from(JSON.stringify(envelope));
}
