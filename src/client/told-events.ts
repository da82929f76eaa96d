import type { ApiRequest } from './api-request.ts';
import { ClientError } from './client-error.ts';
import type { Connection } from './connection.ts';
import { readEvents, type ServerSentEvent } from './event-stream.ts';
import { openStream } from './open-stream.ts';
import { reaching } from './reaching.ts';

/**
 * The events that a reply tells, up to its end. Whoever breaks off ends the connection.
 * @throws ClientError when the server refuses, and when the connection breaks. An abort by the request's signal passes through.
 */
export async function* toldEvents(
  connection: Connection,
  request: ApiRequest,
): AsyncGenerator<ServerSentEvent, void, undefined> {
  const events = readEvents(await openStream(connection, request));
  try {
    for (;;) {
      const next = await reaching(connection.url, request.signal, () => events.next());
      if (next.done === true) return;
      yield next.value;
    }
  } finally {
    await events.return();
  }
}

/** The document that an event carries. @throws ClientError UNEXPECTED_REPLY when it carries none. */
export function dataOf({ data }: ServerSentEvent, { url }: Connection): object {
  try {
    return JSON.parse(data) as object;
  } catch (error) {
    throw notUnderstood(url, error);
  }
}

/** The error that an event is which no server of this client's version tells. */
export function notUnderstood(url: string, cause?: unknown): ClientError {
  const sentence = `What answers at ${url} sent an event that is not understood: use a client of its version.`;
  return new ClientError('UNEXPECTED_REPLY', sentence, { cause });
}
