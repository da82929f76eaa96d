import { ClientError } from './client-error.ts';
import { readEvents, type ServerSentEvent } from './event-stream.ts';
import { openStream, reaching, type Fetch } from './exchange.ts';
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
  fetch: Fetch,
  baseUrl: string,
  name: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<LiveLogEvent, void, undefined> {
  const path = `/functions/${encodeURIComponent(name)}/logs?follow=true`;
  const request = { method: 'GET', path, ...(signal === undefined ? {} : { signal }) } as const;
  const events = readEvents(await openStream(fetch, baseUrl, request));
  try {
    for (;;) {
      const next = await reaching(baseUrl, signal, () => events.next());
      if (next.done === true) break;
      if (!known.has(next.value.name)) continue;
      const event = parse(next.value, baseUrl);
      yield event;
      if (event.event === 'removed' || event.event === 'draining') return;
    }
  } finally {
    // Ends the connection where the caller broke off.
    await events.return();
  }
  throw new ClientError(
    'UNREACHABLE',
    `The server at ${baseUrl} ended the logs without saying why: follow them again.`,
  );
}

function parse({ name, data }: ServerSentEvent, baseUrl: string): LiveLogEvent {
  try {
    return { event: name, ...(JSON.parse(data) as object) } as LiveLogEvent;
  } catch (error) {
    const sentence = `What answers at ${baseUrl} sent an event that is not understood: use a client of its version.`;
    throw new ClientError('UNEXPECTED_REPLY', sentence, { cause: error });
  }
}
