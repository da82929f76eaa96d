import type { LiveEvent } from '../invocations/live-event.ts';
import type { LiveLogEvent } from '../wire/live-log.ts';
import { milliseconds } from '../wire/milliseconds.ts';

/** A live event as clients see it. */
export function liveEventToWire(event: LiveEvent): LiveLogEvent {
  switch (event.type) {
    case 'begin':
      return { event: 'begin', invocation_id: event.invocationId, version: event.version, at: event.at.toISOString() };
    case 'log':
      return { event: 'log', invocation_id: event.invocationId, text: event.text, at: event.at.toISOString() };
    case 'end':
      return {
        event: 'end',
        invocation_id: event.invocationId,
        outcome: event.outcome ?? null,
        code: event.code ?? null,
        duration_ms: milliseconds(event.durationMs),
        logs_truncated: event.logsTruncated,
        at: event.at.toISOString(),
      };
    case 'dropped':
      return { event: 'dropped', bytes: event.bytes, events: event.events };
    case 'removed':
    case 'draining':
      return { event: event.type };
    default:
      return event satisfies never;
  }
}
