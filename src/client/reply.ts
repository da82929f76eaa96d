import type { ProblemDocument } from '../wire/problem.ts';
import { ClientError } from './client-error.ts';

/**
 * The document that a reply has, undefined where it has none.
 * @throws ClientError for a reply that is not a success, and for one that is no JSON.
 */
export function documentOf(url: string, response: Response, text: string): unknown {
  if (!response.ok) throw refusal(url, response, text);
  if (text === '') return undefined;
  const document = parse(text);
  if (document === undefined) throw strange(url, response);
  return document;
}

/** The error that a reply with this text is, whose status is no success. */
export function refusal(url: string, response: Response, text: string): ClientError {
  const retryAfter = Number(response.headers.get('retry-after') ?? NaN);
  return (
    problemError(parse(text), response.status, Number.isNaN(retryAfter) ? undefined : retryAfter) ??
    strange(url, response)
  );
}

/** The error that a problem document tells of; undefined for a document that is none. */
export function problemError(
  document: unknown,
  status: number | undefined,
  retryAfterSeconds?: number,
): ClientError | undefined {
  if (typeof document !== 'object' || document === null) return undefined;
  const problem = document as Partial<ProblemDocument>;
  if (typeof problem.code !== 'string') return undefined;
  const told = status ?? problem.status;
  return new ClientError(problem.code, problem.detail ?? problem.title ?? problem.code, {
    ...(told === undefined ? {} : { status: told }),
    errors: problem.errors ?? [],
    ...(problem.request_id === undefined ? {} : { requestId: problem.request_id }),
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
  });
}

/** The error that a reply is which no server of ours gives. */
export function strange(url: string, response: Response): ClientError {
  const sentence =
    `What answers at ${url} does not speak this API (status ${response.status}): ` +
    'give the address of a sraas server.';
  return new ClientError('UNEXPECTED_REPLY', sentence, { status: response.status });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
