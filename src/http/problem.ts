import type { ServerResponse } from 'node:http';
import { errorTable, SraasError } from '../errors.ts';
import type { Answer } from '../idempotency/answer.ts';
import type { ProblemDocument } from '../wire/problem.ts';

/** An error as a document. */
export function problemOf(error: SraasError, requestId: string): ProblemDocument {
  const { status, title } = errorTable[error.code];
  return {
    type: `urn:sraas:error:${error.code.toLowerCase().replaceAll('_', '-')}`,
    title,
    status,
    code: error.code,
    detail: error.message,
    ...(error.violations.length > 0 ? { errors: error.violations } : {}),
    request_id: requestId,
  };
}

/** An error as an answer: `application/problem+json`, without a charset, which the media type does not have. */
export function problemAnswer(error: SraasError, requestId: string): Answer {
  const problem = problemOf(error, requestId);
  const retryAfter = error.retryAfterSeconds;
  return {
    status: problem.status,
    headers: {
      ...(retryAfter === undefined ? {} : { 'Retry-After': String(retryAfter) }),
      'Content-Type': 'application/problem+json',
    },
    body: Buffer.from(JSON.stringify(problem)),
  };
}

/** Answers with an error, and with its length. Not by response.json(), which would add a charset. */
export function sendProblem(response: ServerResponse, error: SraasError, requestId: string): void {
  const { status, headers, body } = problemAnswer(error, requestId);
  response.statusCode = status;
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  response.setHeader('Content-Length', String(body.byteLength));
  response.end(body);
}

/** What a failure inside Express is to a client; undefined when it is our own fault. */
export function fromExpress(error: unknown): SraasError | undefined {
  const { status, code } = error as { status?: unknown; code?: unknown };
  if (code === 'ECONNRESET') return new SraasError('BAD_REQUEST', 'The body ended too early.');
  if (typeof status === 'number' && status >= 400 && status < 500) {
    return new SraasError('BAD_REQUEST', 'The request could not be understood; check its path and headers.');
  }
  return undefined;
}
