import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { timeOrderedId } from '../time-ordered-id.ts';
import { hostCheck, type HostRules } from './host-rules.ts';
import { isJsonType } from './json.ts';
import { BodyReader } from './read-body.ts';
import { untilClosed } from './routes/invoke.ts';
import { answerCall, answerRefused, headersOf, type UsualCallParts } from './usual-call.ts';

export interface InvokeDoorParts extends HostRules, UsualCallParts {
  readonly maxEventBytes: number;
}

/** Head and body of a reply of at most so many bytes leave in one piece. */
const onePieceBytes = 16_384;

/**
 * The short way for the usual call, `POST /functions/hello/invoke` with a JSON body of a known length and nothing else: it costs
 * a multiple less than the way through the app. Whatever is asked for in another way, or is to be refused for how it is asked for,
 * goes on to the app, which knows all of the route.
 */
export function invokeDoor(parts: InvokeDoorParts, app: RequestListener): RequestListener {
  const bodies = new BodyReader(parts.maxEventBytes, 'EVENT_TOO_LARGE');
  const checkHost = hostCheck(parts);
  return (request, response) => {
    const reference = referenceOf(request, parts.maxEventBytes);
    if (reference === undefined || !passes(checkHost, request)) app(request, response);
    else void answer(parts, bodies, { request, response, reference });
  };
}

/** What is invoked, when it is the usual call. */
function referenceOf({ method, url = '', headers }: IncomingMessage, maxEventBytes: number): string | undefined {
  if (method !== 'POST') return undefined;
  const reference = /^\/functions\/([A-Za-z0-9_@:-]+)\/invoke$/.exec(url)?.[1];
  if (reference === undefined || headers['idempotency-key'] !== undefined) return undefined;
  if (headers['content-encoding'] !== undefined || !isJsonType(headers['content-type'])) return undefined;
  // One without a length has a length of NaN here, which is at most nothing.
  return Number(headers['content-length']) <= maxEventBytes ? reference : undefined;
}

function passes(check: (request: IncomingMessage) => void, request: IncomingMessage): boolean {
  try {
    check(request);
    return true;
  } catch {
    return false;
  }
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly reference: string;
}

/** Never rejects. */
async function answer(parts: InvokeDoorParts, bodies: BodyReader, exchange: Exchange): Promise<void> {
  const { request, response, reference } = exchange;
  const invocationId = timeOrderedId();
  const found = await bodies.read(request, response).then(
    (envelope) => answerCall(parts, { reference, invocationId, envelope, signal: untilClosed(response) }),
    (error: unknown) => answerRefused(parts, error, invocationId),
  );
  // The client has gone: there is nobody to tell.
  if (response.destroyed) return;
  response.writeHead(found.status, headersOf(invocationId, found));
  // Node joins a text to the head, and would write bytes behind it. In latin1 every byte is a character, so none changes.
  if (found.body.byteLength <= onePieceBytes) response.end(latin1(found.body), 'latin1');
  else response.end(found.body);
}

function latin1({ buffer, byteOffset, byteLength }: Uint8Array): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString('latin1');
}
