import { once } from 'node:events';
import type { Response } from 'express';
import type { BuildEvent } from '../wire/build.ts';
import type { LiveLogEvent } from '../wire/live-log.ts';
import type { ProgramEvent } from '../wire/program.ts';

/** One server-sent event; `data` goes as JSON. */
export interface StreamedEvent {
  readonly name: string;
  readonly data: object;
}

/** An event of the API as it goes over the wire: what it is called is its name, and all else its data. */
export function streamed({ event: name, ...data }: LiveLogEvent | BuildEvent | ProgramEvent): StreamedEvent {
  return { name, data };
}

/** More often than any usual proxy or client takes silence for the end. */
const commentEveryMs = 15_000;

/**
 * Answers with server-sent events until `events` ends or the client leaves; `events` is then told to return.
 * A slow client makes it wait, with no more in memory than the connection's own buffers.
 * Source of the form: the HTML standard, section 9.2, server-sent events.
 */
export async function streamEvents(response: Response, events: AsyncIterable<StreamedEvent>): Promise<void> {
  const gone = new AbortController();
  response.once('close', () => {
    gone.abort();
  });
  // Not response.set(), which would add a charset that the media type does not have.
  response.writeHead(200, eventStreamHeaders);
  const comments = setInterval(() => {
    if (!response.writableNeedDrain) response.write(':\n\n');
  }, commentEveryMs);
  try {
    let id = 0;
    for await (const { name, data } of events) {
      if (response.destroyed) return;
      // One write for each event, so that a comment never comes to stand inside one.
      const hasRoom = response.write(`id: ${++id}\nevent: ${name}\ndata: ${JSON.stringify(data)}\n\n`);
      if (!hasRoom) await roomIn(response, gone.signal);
    }
    response.end();
  } finally {
    clearInterval(comments);
  }
}

/** The headers of such an answer. `no-transform` and X-Accel-Buffering keep proxies from holding events back. */
export const eventStreamHeaders = {
  'Content-Type': 'text/event-stream',
  'Cache-Control': 'no-store, no-transform',
  'X-Accel-Buffering': 'no',
} as const;

async function roomIn(response: Response, gone: AbortSignal): Promise<void> {
  try {
    await once(response, 'drain', { signal: gone });
  } catch (error) {
    if (!gone.aborted) throw error;
  }
}
