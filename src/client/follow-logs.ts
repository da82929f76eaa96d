import type { LiveLogEvent } from '../wire/live-log.ts';
import { ClientError } from './client-error.ts';
import type { Connection } from './connection.ts';
import { functionPath } from './paths.ts';
import { dataOf, toldEvents } from './told-events.ts';

/** Names of the events that this client knows; others, of a newer server, are passed over. */
const known: ReadonlySet<string> = new Set([
  'following',
  'begin',
  'log',
  'end',
  'dropped',
  'removed',
  'draining',
] satisfies LiveLogEvent['event'][]);

/**
 * Follows the logs of a function.
 * @throws ClientError when the server refuses, or the connection breaks before a last event. An abort passes through.
 */
export async function* followLogs(
  connection: Connection,
  name: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<LiveLogEvent, void, undefined> {
  const path = `${functionPath(name)}/logs?follow=true`;
  for await (const told of toldEvents(connection, { method: 'GET', path, signal })) {
    if (!known.has(told.name)) continue;
    const event = { event: told.name, ...dataOf(told, connection) } as LiveLogEvent;
    yield event;
    if (event.event === 'removed' || event.event === 'draining') return;
  }
  throw new ClientError(
    'UNREACHABLE',
    `The server at ${connection.url} ended the logs without saying why: follow them again.`,
  );
}
