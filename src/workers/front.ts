import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';

interface FrontParts {
  /** Answers sync calls of functions. */
  readonly here: RequestListener;
  /** Has the server answer. */
  readonly passOn: (request: IncomingMessage, response: ServerResponse) => void;
}

const invokePath = /^\/functions\/[^/?%]+\/invoke$/;

/** What a worker takes requests with: it answers plain sync calls itself, and passes on all else. */
export function front({ here, passOn }: FrontParts): RequestListener {
  return (request, response) => {
    if (isPlainCall(request)) here(request, response);
    else passOn(request, response);
  };
}

/** A parameter makes it another: to be async, or wrong. So does a key, whose answer is kept by the server. */
function isPlainCall({ method, url = '', headers }: IncomingMessage): boolean {
  return method === 'POST' && headers['idempotency-key'] === undefined && invokePath.test(url);
}
