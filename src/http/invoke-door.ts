import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { v7 as timeOrderedId } from 'uuid';
import { failpoint } from '../failpoints.ts';
import { checkEnvelope } from '../invocations/envelope.ts';
import type { Invoker } from '../invocations/invoker.ts';
import { encodeReply, type Reply } from '../invocations/reply.ts';
import { hostCheck, type HostRules } from './host-rules.ts';
import { isJsonType, parseJson } from './json.ts';
import { sendProblem } from './problem.ts';
import { BodyReader } from './read-body.ts';
import { guardingHeaders } from './request-id.ts';
import { notRun, untilClosed } from './routes/invoke.ts';
import { toldError, type ErrorTelling } from './told-error.ts';

export interface InvokeDoorParts extends HostRules, ErrorTelling {
  readonly invoker: Pick<Invoker, 'invoke'>;
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

interface UsualCall {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly reference: string;
}

/** Never rejects. */
async function answer(parts: InvokeDoorParts, bodies: BodyReader, call: UsualCall): Promise<void> {
  const { request, response, reference } = call;
  const invocationId = timeOrderedId();
  try {
    const envelope = await bodies.read(request, response);
    checkEnvelope(parseJson(envelope));
    const reply = await parts.invoker.invoke(reference, { invocationId, envelope, signal: untilClosed(response) });
    failpoint('invoke.before_reply');
    sendReply(response, reply);
  } catch (error) {
    const told = toldError(error, parts, invocationId);
    // The client has gone, or the reply was under way: there is nobody to tell.
    if (response.headersSent || response.destroyed) {
      response.destroy();
      return;
    }
    const headers = { 'X-Request-Id': invocationId, ...guardingHeaders, ...notRun(invocationId) };
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    sendProblem(response, told, invocationId);
  }
}

const guards = Object.entries(guardingHeaders).flat();

function sendReply(response: ServerResponse, reply: Reply): void {
  const { invocationId, verdict } = reply;
  const body = encodeReply(reply);
  // In a row: looking headers up by their names is what setting them one by one costs.
  response.writeHead(200, [
    'X-Request-Id',
    invocationId,
    ...guards,
    'x-sraas-invocation-id',
    invocationId,
    'x-sraas-outcome',
    verdict.outcome,
    'Content-Type',
    'application/json; charset=utf-8',
    'Content-Length',
    String(body.length),
  ]);
  // Node joins a text to the head, and would write bytes behind it. In latin1 every byte is a character, so none changes.
  if (body.length <= onePieceBytes) response.end(body.toString('latin1'), 'latin1');
  else response.end(body);
}
