import { tellOfRepeat, toInit, type ApiRequest } from './api-request.ts';
import type { Connection } from './connection.ts';
import { reaching } from './reaching.ts';
import { refusal, strange } from './reply.ts';

/**
 * A request whose reply is a stream of events, which the caller reads or cancels.
 * @throws ClientError as `exchange` does, also when what answers is no such stream.
 */
export async function openStream({ url, fetch }: Connection, request: ApiRequest): Promise<AsyncIterable<Uint8Array>> {
  const init = toInit(request);
  const { signal } = request;
  const response = await reaching(url, signal, () => fetch(url + request.path, init));
  tellOfRepeat(request, response);
  if (!response.ok) throw refusal(url, response, await reaching(url, signal, () => response.text()));
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
