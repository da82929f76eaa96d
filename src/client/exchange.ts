import { tellOfRepeat, toInit, type ApiRequest } from './api-request.ts';
import type { Connection } from './connection.ts';
import { reaching } from './reaching.ts';
import { documentOf } from './reply.ts';

export interface ApiReply {
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
  const init = toInit(request);
  const { response, text } = await reaching(url, request.signal, async () => {
    const answer = await fetch(url + request.path, init);
    return { response: answer, text: await answer.text() };
  });
  tellOfRepeat(request, response);
  const document = documentOf(url, response, text);
  const tag = /^"(.*)"$/.exec(response.headers.get('etag') ?? '')?.[1];
  return { document, tag };
}
