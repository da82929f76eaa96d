import type { RecordDocument, WebhookDocument } from '../wire/record.ts';
import type { KnownInvocation } from './history.ts';
import type { WebhookDelivery } from './invocation-record.ts';
import { memberBytes } from './member-bytes.ts';

/** An invocation as clients see it, in lists too. What is not known, or not yet, is null. */
export function invocationToWire(record: KnownInvocation['record']): RecordDocument {
  return {
    id: record.id,
    function: record.functionName,
    version: record.functionVersion,
    mode: record.mode,
    state: record.state,
    outcome: record.outcome ?? null,
    error_code: record.errorCode ?? null,
    error: record.error ?? null,
    attempt: record.attempt,
    max_attempts: record.maxAttempts,
    created_at: record.createdAt.toISOString(),
    started_at: record.startedAt?.toISOString() ?? null,
    ended_at: record.endedAt?.toISOString() ?? null,
    duration_ms: milliseconds(record.durationMs),
    queue_ms: milliseconds(record.queueMs),
    init_ms: milliseconds(record.initMs),
    cpu_ms: milliseconds(record.cpuMs),
    max_memory_bytes: record.maxMemoryBytes ?? null,
    exit_code: record.exitCode ?? null,
    cold_start: record.coldStart,
    logs_truncated: record.logsTruncated,
    replay_of: record.replayOf ?? null,
    schedule: record.schedule ?? null,
    ...(record.webhook === undefined ? {} : { webhook: deliveryToWire(record.webhook) }),
  };
}

/**
 * The JSON text of an invocation with what is kept of its bytes: `event`, `context`, `result` and `logs`, each left out where
 * it is not kept. Event, context and result are embedded as the bytes that they came as: nobody reads and prints them again,
 * which would change a number beyond 2^53.
 */
export function encodeInvocation({ record, payload }: KnownInvocation): Buffer {
  const { envelope, result, logs } = payload;
  const members: (readonly [name: string, json: Uint8Array])[] = [];
  if (envelope !== undefined) {
    const sent = memberBytes(envelope);
    members.push(['event', sent.get('event') ?? emptyObject], ['context', sent.get('context') ?? emptyObject]);
  }
  if (result !== undefined) members.push(['result', result]);
  if (logs !== undefined) members.push(['logs', Buffer.from(JSON.stringify(Buffer.from(logs).toString()))]);
  const text = JSON.stringify(invocationToWire(record));
  return Buffer.concat([
    Buffer.from(text.slice(0, -1)),
    ...members.flatMap(([name, json]) => [Buffer.from(`,"${name}":`), json]),
    Buffer.from('}'),
  ]);
}

/** What an envelope's `event` and `context` default to. */
const emptyObject = Buffer.from('{}');

function milliseconds(value: number | undefined): number | null {
  return value === undefined ? null : Math.round(value * 1000) / 1000;
}

function deliveryToWire({ state, attempts, status, error }: WebhookDelivery): WebhookDocument {
  return { state, attempts, status: status ?? null, error: error ?? null };
}
