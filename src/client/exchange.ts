import { ClientError } from './client-error.ts';
import type { Connection } from './connection.ts';
import type { ProblemDocument } from './wire.ts';

export interface ApiRequest {
  readonly method: 'GET' | 'PUT' | 'POST' | 'PATCH' | 'DELETE';
  /** Path and query, each part encoded already. */
  readonly path: string;
  /** A document to send as JSON, or a form to send as multipart. */
  readonly body?: FormData | object;
  /** Asks for a stream of events where a document would come else. */
  readonly acceptsEvents?: boolean;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
  /** Told when what answers is the answer to an earlier request with the same key, before it is looked at. */
  readonly onRepeat?: (() => void) | undefined;
}

export interface ApiReply {
  readonly status: number;
  /** The parsed body; undefined when there was none. */
  readonly document: unknown;
  /** Of the state that the document shows, without quotes; undefined where there is none. */
  readonly tag: string | undefined;
}

/**
 * One request and its reply.
 * @throws ClientError for every reply that is not a success, and when there is none. An abort by the caller's signal
 * passes through as it is.
 */
export async function exchange({ url, fetch }: Connection, request: ApiRequest): Promise<ApiReply> {
  const { response, text } = await reaching(url, request.signal, async () => {
    const answer = await fetch(url + request.path, toInit(request));
    return { response: answer, text: await answer.text() };
  });
  tellOfRepeat(request, response);
  const document = text === '' ? undefined : parse(text);
  if (!response.ok) throw refusal(url, response, document);
  if (document === undefined && text !== '') throw strange(url, response);
  const tag = /^"(.*)"$/.exec(response.headers.get('etag') ?? '')?.[1];
  return { status: response.status, document, tag };
}

/**
 * A request whose reply is a stream of events, which the caller reads or cancels.
 * @throws ClientError as {@link exchange} does, also when what answers is no such stream.
 */
export async function openStream({ url, fetch }: Connection, request: ApiRequest): Promise<AsyncIterable<Uint8Array>> {
  const { signal } = request;
  const response = await reaching(url, signal, () => fetch(url + request.path, toInit(request)));
  tellOfRepeat(request, response);
  if (!response.ok) throw refusal(url, response, parse(await reaching(url, signal, () => response.text())));
  const { body } = response;
  const type = response.headers.get('content-type') ?? '';
  if (body !== null && /^text\/event-stream\s*(;|$)/i.test(type)) return untilAborted(body, signal);
  // Nobody will read it: the connection must not stay open for it.
  await body?.cancel();
  throw strange(url, response);
}

/**
 * The pieces of a stream, up to its end or the caller's abort. Node's fetch forgets a request's signal as soon as the garbage
 * collector has taken the request, which nothing holds any more once the head of the reply is there.
 */
async function* untilAborted(
  body: ReadableStream<Uint8Array>,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array, void, undefined> {
  const reader = body.getReader();
  // Also where the stream has broken already, which its reader is told of.
  const cancel = (): Promise<void> => reader.cancel().catch(() => undefined);
  const onAbort = (): void => void cancel();
  signal?.addEventListener('abort', onAbort, { once: true });
  try {
    for (;;) {
      signal?.throwIfAborted();
      const { done, value } = await reader.read();
      signal?.throwIfAborted();
      if (done) return;
      yield value;
    }
  } finally {
    signal?.removeEventListener('abort', onAbort);
    await cancel();
  }
}

/** Does something over the connection; what breaks it becomes a ClientError, but for an abort by the caller. */
export async function reaching<T>(url: string, signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (signal?.aborted === true) throw error;
    throw unreachable(url, error);
  }
}

function toInit(request: ApiRequest): RequestInit {
  const init: RequestInit = { method: request.method, redirect: 'error' };
  if (request.signal !== undefined) init.signal = request.signal;
  const headers = {
    ...(request.acceptsEvents === true ? { accept: 'text/event-stream' } : {}),
    ...request.headers,
  };
  init.headers = headers;
  if (request.body instanceof FormData) init.body = request.body;
  else if (request.body !== undefined) {
    init.body = JSON.stringify(request.body);
    init.headers = { ...headers, 'content-type': 'application/json' };
  }
  return init;
}

function tellOfRepeat({ onRepeat }: ApiRequest, { headers }: Response): void {
  if (headers.get('idempotency-replayed') === 'true') onRepeat?.();
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What the operating system says when nothing listens there, or the name leads nowhere. */
const nobodyThere = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH']);

function unreachable(url: string, error: unknown): ClientError {
  const code = systemCode(error);
  const sentence =
    code !== undefined && nobodyThere.has(code)
      ? `No server answers at ${url}: start one with \`npm run up\` or \`sraas serve\`.`
      : `The connection to ${url} broke before the reply was complete (${code ?? String(error)}): see that the ` +
        'server runs (`npm run up` or `sraas serve`) and try again.';
  return new ClientError('UNREACHABLE', sentence, { cause: error });
}

function systemCode(error: unknown): string | undefined {
  const cause = error instanceof Error ? error.cause : undefined;
  // Several addresses of one name that all refused arrive as one error that holds theirs.
  const first: unknown = cause instanceof AggregateError ? (cause.errors[0] ?? cause) : cause;
  return first instanceof Error && 'code' in first && typeof first.code === 'string' ? first.code : undefined;
}

function refusal(url: string, response: Response, document: unknown): ClientError {
  const retryAfter = Number(response.headers.get('retry-after') ?? NaN);
  return (
    problemError(document, response.status, Number.isNaN(retryAfter) ? undefined : retryAfter) ?? strange(url, response)
  );
}

/** The error that a problem document tells of; undefined for a document that is none. */
export function problemError(
  document: unknown,
  status: number | undefined,
  retryAfterSeconds?: number,
): ClientError | undefined {
  if (typeof document !== 'object' || document === null) return undefined;
  const problem = document as ProblemDocument;
  if (typeof problem.code !== 'string') return undefined;
  const told = status ?? problem.status;
  return new ClientError(problem.code, problem.detail ?? problem.title ?? problem.code, {
    ...(told === undefined ? {} : { status: told }),
    errors: problem.errors ?? [],
    ...(problem.request_id === undefined ? {} : { requestId: problem.request_id }),
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
  });
}

function strange(url: string, response: Response): ClientError {
  const sentence =
    `What answers at ${url} does not speak this API (status ${response.status}): ` +
    'give the address of a sraas server.';
  return new ClientError('UNEXPECTED_REPLY', sentence, { status: response.status });
}
