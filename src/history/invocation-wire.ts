import { milliseconds } from '../wire/milliseconds.ts';
import type { RecordDocument, WebhookDocument } from '../wire/record.ts';
import { eventAndContext, withMembers } from './embedded-members.ts';
import type { KnownInvocation } from './history.ts';
import type { WebhookDelivery } from './invocation-record.ts';

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
    duration_ms: knownMilliseconds(record.durationMs),
    queue_ms: knownMilliseconds(record.queueMs),
    init_ms: knownMilliseconds(record.initMs),
    cpu_ms: knownMilliseconds(record.cpuMs),
    max_memory_bytes: record.maxMemoryBytes ?? null,
    exit_code: record.exitCode ?? null,
    cold_start: record.coldStart,
    logs_truncated: record.logsTruncated,
    replay_of: record.replayOf ?? null,
    schedule: record.schedule ?? null,
    ...(record.webhook === undefined ? {} : { webhook: deliveryToWire(record.webhook) }),
  };
}

/** The JSON text of an invocation with what is kept of its bytes: `event`, `context`, `result` and `logs`, each left out where not. */
export function encodeInvocation({ record, payload }: KnownInvocation): Buffer {
  const { envelope, result, logs } = payload;
  const members = envelope === undefined ? [] : [...eventAndContext(envelope)];
  if (result !== undefined) members.push(['result', result]);
  if (logs !== undefined) members.push(['logs', Buffer.from(JSON.stringify(Buffer.from(logs).toString()))]);
  return withMembers(invocationToWire(record), members);
}

function knownMilliseconds(value: number | undefined): number | null {
  return value === undefined ? null : milliseconds(value);
}

function deliveryToWire({ state, attempts, status, error }: WebhookDelivery): WebhookDocument {
  return { state, attempts, status: status ?? null, error: error ?? null };
}
