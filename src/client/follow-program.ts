import type { ProgramDocument, ProgramEvent } from '../wire/program.ts';
import { ClientError } from './client-error.ts';
import type { Connection } from './connection.ts';
import { problemError } from './reply.ts';
import { dataOf, notUnderstood, toldEvents } from './told-events.ts';

export type FollowedEvent = Exclude<ProgramEvent, { event: 'error' }>;

/** Names of the events that this client knows; others, of a newer server, are passed over. */
const known: ReadonlySet<string> = new Set([
  'started',
  'stdout',
  'stderr',
  'dropped',
  'ended',
] satisfies FollowedEvent['event'][]);

/**
 * Has a program run, and tells what it writes while it runs. The last event is `ended`.
 * @throws ClientError when the server refuses, when the program is cancelled, and when the connection breaks before its end. An
 * abort passes through, and cancels it.
 */
export async function* followProgram(
  connection: Connection,
  body: ProgramDocument,
  signal: AbortSignal | undefined,
): AsyncGenerator<FollowedEvent, void, undefined> {
  const request = { method: 'POST', path: '/run', body, acceptsEvents: true, signal } as const;
  for await (const told of toldEvents(connection, request)) {
    const data = dataOf(told, connection);
    if (told.name === 'error') throw problemError(data, undefined) ?? notUnderstood(connection.url);
    if (!known.has(told.name)) continue;
    const event = { event: told.name, ...data } as FollowedEvent;
    yield event;
    if (event.event === 'ended') return;
  }
  throw new ClientError(
    'UNREACHABLE',
    `The server at ${connection.url} ended the reply before the program had ended: run it again.`,
  );
}
