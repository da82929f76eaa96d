import { ClientError } from './client-error.ts';
import type { Connection } from './connection.ts';
import { readEvents, type ServerSentEvent } from './event-stream.ts';
import { openStream, problemError, reaching, type ApiRequest } from './exchange.ts';
import type { BuildEvent } from './wire.ts';

/**
 * Sends a request whose work may take minutes, and tells of the build in it line by line.
 * @returns the document that the work came to.
 * @throws ClientError when the server refuses, when the work fails, and when the connection breaks before its end.
 */
export async function followWork(
  connection: Connection,
  request: ApiRequest,
  onEvent: (event: BuildEvent) => void,
): Promise<unknown> {
  const { url } = connection;
  const { signal } = request;
  const events = readEvents(await openStream(connection, { ...request, acceptsEvents: true }));
  try {
    for (;;) {
      const next = await reaching(url, signal, () => events.next());
      if (next.done === true) break;
      const { name } = next.value;
      const data = parse(next.value, url);
      if (name === 'done' || name === 'end') return data;
      if (name === 'error') throw problemError(data, undefined) ?? notUnderstood(url);
      // Others, of a newer server, are passed over.
      if (name === 'log' || name === 'dropped') onEvent({ event: name, ...data } as BuildEvent);
    }
  } finally {
    // Ends the connection where the caller broke off.
    await events.return();
  }
  throw new ClientError('UNREACHABLE', `The server at ${url} ended the reply without a result: ask for it again.`);
}

function parse({ data }: ServerSentEvent, url: string): object {
  try {
    return JSON.parse(data) as object;
  } catch (error) {
    throw notUnderstood(url, error);
  }
}

function notUnderstood(url: string, cause?: unknown): ClientError {
  const sentence = `What answers at ${url} sent an event that is not understood: use a client of its version.`;
  return new ClientError('UNEXPECTED_REPLY', sentence, { cause });
}
