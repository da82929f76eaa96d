import type { ErrorCode } from '../errors.ts';
import type { FunctionId } from '../functions/function.ts';
import {
  mostErrorCharacters,
  type InvocationPayload,
  type InvocationRecord,
  type WebhookDelivery,
} from '../history/invocation-record.ts';
import type { Outcome } from '../wire/outcome.ts';
import type { InvocationMode, InvocationState } from '../wire/record.ts';
import type { InvocationPayloadsTable, InvocationsTable } from './schema.ts';

export function toRecord(row: InvocationsTable): InvocationRecord {
  return {
    id: row.id,
    functionId: row.function_id as FunctionId,
    functionName: row.function_name,
    functionVersion: row.version,
    mode: row.mode as InvocationMode,
    state: row.state as InvocationState,
    outcome: (row.outcome ?? undefined) as Outcome | undefined,
    errorCode: (row.error_code ?? undefined) as ErrorCode | undefined,
    error: row.error === null ? undefined : (JSON.parse(row.error) as string),
    attempt: row.attempt,
    maxAttempts: row.max_attempts,
    createdAt: new Date(row.created_at),
    startedAt: row.started_at === null ? undefined : new Date(row.started_at),
    endedAt: row.ended_at === null ? undefined : new Date(row.ended_at),
    durationMs: row.duration_ms ?? undefined,
    queueMs: row.queue_ms ?? undefined,
    initMs: row.init_ms ?? undefined,
    cpuMs: row.cpu_ms ?? undefined,
    maxMemoryBytes: row.max_memory_bytes === null ? undefined : Number(row.max_memory_bytes),
    exitCode: row.exit_code ?? undefined,
    coldStart: row.cold_start === 1,
    logsTruncated: row.logs_truncated === 1,
    replayOf: row.replay_of ?? undefined,
    schedule: row.schedule ?? undefined,
    ...(row.webhook === null ? {} : { webhook: JSON.parse(row.webhook) as WebhookDelivery }),
  };
}

let lastTime = Number.NaN;
let lastIsoTime = '';

/** ISO 8601. Times that are written one behind the other are often of the same millisecond. */
function isoTime(date: Date): string {
  const time = date.getTime();
  if (time !== lastTime) {
    lastIsoTime = date.toISOString();
    lastTime = time;
  }
  return lastIsoTime;
}

export function toInvocationsRow(record: InvocationRecord): InvocationsTable {
  return {
    id: record.id,
    function_id: record.functionId,
    function_name: record.functionName,
    version: record.functionVersion,
    mode: record.mode,
    state: record.state,
    outcome: record.outcome ?? null,
    error_code: record.errorCode ?? null,
    // As JSON text, which keeps lone surrogates and NUL whole in any database.
    error: record.error === undefined ? null : JSON.stringify(record.error.slice(0, mostErrorCharacters)),
    attempt: record.attempt,
    max_attempts: record.maxAttempts,
    created_at: isoTime(record.createdAt),
    started_at: record.startedAt === undefined ? null : isoTime(record.startedAt),
    ended_at: record.endedAt === undefined ? null : isoTime(record.endedAt),
    duration_ms: record.durationMs ?? null,
    queue_ms: record.queueMs ?? null,
    init_ms: record.initMs ?? null,
    cpu_ms: record.cpuMs ?? null,
    max_memory_bytes: record.maxMemoryBytes ?? null,
    exit_code: record.exitCode ?? null,
    cold_start: record.coldStart ? 1 : 0,
    logs_truncated: record.logsTruncated ? 1 : 0,
    replay_of: record.replayOf ?? null,
    schedule: record.schedule ?? null,
    webhook: record.webhook === undefined ? null : JSON.stringify(record.webhook),
  };
}

export function toPayload(row: InvocationPayloadsTable): InvocationPayload {
  return { envelope: row.envelope ?? undefined, result: row.result ?? undefined, logs: row.logs ?? undefined };
}

export function toPayloadsRow(invocationId: string, payload: InvocationPayload): InvocationPayloadsTable {
  return {
    invocation_id: invocationId,
    envelope: payload.envelope ?? null,
    result: payload.result ?? null,
    logs: payload.logs ?? null,
  };
}
