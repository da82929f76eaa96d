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

/** Tells the request's caller when a reply came before. */
export function tellOfRepeat({ onRepeat }: ApiRequest, { headers }: Response): void {
  if (headers.get('idempotency-replayed') === 'true') onRepeat?.();
}

/** The request as fetch takes it. @throws TypeError for a body that JSON cannot say. */
export function toInit(request: ApiRequest): RequestInit {
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
