import type { ServerResponse } from 'node:http';
import { errorTable, SraasError } from '../errors.ts';
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

/** Answers with an error: `application/problem+json`, with its length. */
export function sendProblem(response: ServerResponse, error: SraasError, requestId: string): void {
  const problem = problemOf(error, requestId);
  const body = Buffer.from(JSON.stringify(problem));
  if (error.retryAfterSeconds !== undefined) response.setHeader('Retry-After', String(error.retryAfterSeconds));
  response.statusCode = problem.status;
  // Not response.json(), which would add a charset that the media type does not have.
  response.setHeader('Content-Type', 'application/problem+json');
  response.setHeader('Content-Length', String(body.length));
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
