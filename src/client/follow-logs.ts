import { ClientError } from './client-error.ts';
import type { Connection } from './connection.ts';
import { readEvents, type ServerSentEvent } from './event-stream.ts';
import { openStream, reaching } from './exchange.ts';
import type { LiveLogEvent } from './wire.ts';

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
  const { url } = connection;
  const path = `/functions/${encodeURIComponent(name)}/logs?follow=true`;
  const events = readEvents(await openStream(connection, { method: 'GET', path, signal }));
  try {
    for (;;) {
      const next = await reaching(url, signal, () => events.next());
      if (next.done === true) break;
      if (!known.has(next.value.name)) continue;
      const event = parse(next.value, url);
      yield event;
      if (event.event === 'removed' || event.event === 'draining') return;
    }
  } finally {
    // Ends the connection where the caller broke off.
    await events.return();
  }
  throw new ClientError('UNREACHABLE', `The server at ${url} ended the logs without saying why: follow them again.`);
}

function parse({ name, data }: ServerSentEvent, url: string): LiveLogEvent {
  try {
    return { event: name, ...(JSON.parse(data) as object) } as LiveLogEvent;
  } catch (error) {
    const sentence = `What answers at ${url} sent an event that is not understood: use a client of its version.`;
    throw new ClientError('UNEXPECTED_REPLY', sentence, { cause: error });
  }
}
