import type { Request, Response } from 'express';
import { SraasError } from '../errors.ts';
import type { Answer } from '../idempotency/answer.ts';
import { fingerprintOf } from '../idempotency/fingerprint.ts';
import { parseIdempotencyKey } from '../idempotency/idempotency-key.ts';
import type { Hold, KeyedRequest, KeyedRequests } from '../idempotency/keyed-requests.ts';

export interface KeyedRoute extends Pick<KeyedRequest, 'scope' | 'whenInterrupted'> {
  readonly keyed: Pick<KeyedRequests, 'carryOut'>;
  /** What makes the body the same body again. Asked for only when the request has a key. */
  readonly body: () => Promise<Uint8Array>;
  /** Headers that the route gives its errors. */
  readonly errorHeaders?: Readonly<Record<string, string>>;
}

/**
 * The answer to a request, which its route sends: what `work` comes to, or, where the request repeats one with the same
 * idempotency key, what that one came to; then the reply gets the header `Idempotency-Replayed`.
 *
 * @param work gets the key where there is one.
 * @throws SraasError INVALID_IDEMPOTENCY_KEY, IDEMPOTENCY_MISMATCH, IDEMPOTENCY_IN_FLIGHT, IDEMPOTENCY_INTERRUPTED; and what
 * the work throws, or threw when it was done.
 */
export async function keyedAnswer(
  request: Request,
  response: Response,
  { keyed, scope, whenInterrupted, body, errorHeaders = {} }: KeyedRoute,
  work: (hold?: Hold) => Promise<Answer>,
): Promise<Answer> {
  const key = parseIdempotencyKey(request.headers['idempotency-key']);
  if (key === undefined) return await work();
  const fingerprint = fingerprintOf({
    method: request.method,
    target: request.originalUrl,
    body: await body(),
  });
  const { kept, isRepeat } = await keyed.carryOut({ scope, key, fingerprint, whenInterrupted, errorHeaders }, work);
  if (isRepeat) response.set('Idempotency-Replayed', 'true');
  if (kept.kind === 'answer') return kept.answer;
  const { code, message, violations, headers } = kept.refusal;
  response.set(headers);
  throw new SraasError(code, message, { violations });
}

/** Sends an answer as it is, with its length. */
export function sendAnswer(response: Response, { status, headers, body }: Answer): void {
  response.status(status).set(headers).set('Content-Length', String(body.byteLength));
  response.end(body);
}
