import type { InvocationRecord } from '../history/invocation-record.ts';
import { invocationToWire } from '../history/invocation-wire.ts';
import type { Answer } from '../idempotency/answer.ts';

/** The reply to an invoke that nobody waits for: it is durable, and this is where to look for what becomes of it. */
export function acceptedAnswer(record: InvocationRecord): Answer {
  return {
    status: 202,
    headers: {
      Location: `/invocations/${record.id}`,
      'x-sraas-invocation-id': record.id,
      'x-sraas-outcome': 'accepted',
      'Content-Type': 'application/json; charset=utf-8',
    },
    body: Buffer.from(JSON.stringify(invocationToWire(record))),
  };
}
