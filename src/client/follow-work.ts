import type { BuildEvent } from '../wire/build.ts';
import type { ApiRequest } from './api-request.ts';
import { ClientError } from './client-error.ts';
import type { Connection } from './connection.ts';
import { problemError } from './reply.ts';
import { dataOf, notUnderstood, toldEvents } from './told-events.ts';

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
  for await (const event of toldEvents(connection, { ...request, acceptsEvents: true })) {
    const { name } = event;
    const data = dataOf(event, connection);
    if (name === 'done' || name === 'end') return data;
    if (name === 'error') throw problemError(data, undefined) ?? notUnderstood(url);
    // Others, of a newer server, are passed over.
    if (name === 'log' || name === 'dropped') onEvent({ event: name, ...data } as BuildEvent);
  }
  throw new ClientError('UNREACHABLE', `The server at ${url} ended the reply without a result: ask for it again.`);
}
