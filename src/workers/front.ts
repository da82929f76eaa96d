import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';

interface FrontParts {
  /** Answers sync calls of functions in this process. */
  readonly here: RequestListener;
  /** Has the server answer. */
  readonly passOn: (request: IncomingMessage, response: ServerResponse) => void;
  /** Whether calls of what a reference means now are answered here. Never rejects. */
  readonly isServedHere: (reference: string) => Promise<boolean>;
}

type Response = Parameters<RequestListener>[1];

const invokePath = /^\/functions\/([^/?%]+)\/invoke$/;

/** What a worker takes requests with: it keeps what it can answer itself, and passes on all else. */
export function front({ here, passOn, isServedHere }: FrontParts): RequestListener {
  const take = async (request: IncomingMessage, response: Response, reference: string): Promise<void> => {
    if (await isServedHere(reference)) here(request, response);
    else passOn(request, response);
  };
  return (request, response) => {
    const reference = syncCallOf(request);
    if (reference === undefined) passOn(request, response);
    else void take(request, response, reference);
  };
}

/**
 * The reference that a plain sync call names; undefined for any other request. A parameter makes it another: to be async, or
 * wrong. So does a key, whose answer is kept by the server.
 */
function syncCallOf({ method, url = '', headers }: IncomingMessage): string | undefined {
  if (method !== 'POST' || headers['idempotency-key'] !== undefined) return undefined;
  return invokePath.exec(url)?.[1];
}
