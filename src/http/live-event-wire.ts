import type { LiveEvent } from '../invocations/live-event.ts';
import type { StreamedEvent } from './event-stream.ts';

/** A live event as it goes over the wire: its type is the event's name. */
export function liveEventToWire(event: LiveEvent): StreamedEvent {
  return { name: event.type, data: dataOf(event) };
}

function dataOf(event: LiveEvent): object {
  switch (event.type) {
    case 'begin':
      return { invocation_id: event.invocationId, version: event.version, at: event.at.toISOString() };
    case 'log':
      return { invocation_id: event.invocationId, text: event.text, at: event.at.toISOString() };
    case 'end':
      return {
        invocation_id: event.invocationId,
        outcome: event.outcome ?? null,
        code: event.code ?? null,
        duration_ms: Math.round(event.durationMs * 1000) / 1000,
        logs_truncated: event.logsTruncated,
        at: event.at.toISOString(),
      };
    case 'dropped':
      return { bytes: event.bytes, events: event.events };
    case 'removed':
    case 'draining':
      return {};
    default:
      return event satisfies never;
  }
}
