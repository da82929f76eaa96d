import type { FunctionDocument } from '../../../src/wire/function.ts';
import type { InvokeReply } from '../../../src/wire/invoke.ts';
import type { Outcome } from '../../../src/wire/outcome.ts';
import type { RecordDocument } from '../../../src/wire/record.ts';

export function functionDocument(name: string, description = ''): FunctionDocument {
  return {
    name,
    version: 1,
    runtime: 'node24',
    handler: 'index.handler',
    description,
    env: {},
    secrets: {},
    limits: {
      cpus: 0.5,
      memory_mb: 256,
      pids: 64,
      timeout_ms: 10_000,
      tmp_mb: 64,
      result_bytes: 6_000_000,
      log_bytes: 1_000_000,
    },
    network: 'none',
    isolation: 'warm',
    history: 'failures',
    concurrency: { max: 10, warm_min: 0 },
    async: { max_attempts: 3, first_delay_ms: 1000, max_age_ms: 21_600_000 },
    labels: {},
    code: { sha256: 'ab'.repeat(32), bytes: 120 },
    created_at: '2026-01-02T03:04:05.678Z',
    updated_at: '2026-01-02T03:04:05.678Z',
  };
}

export function invokeReply(outcome: Outcome, members: Partial<InvokeReply> = {}): InvokeReply {
  return {
    result: null,
    logs: '',
    error: null,
    duration_ms: 12.345,
    invocation: {
      id: 'inv-1',
      function: 'hello',
      version: 1,
      outcome,
      exit_code: null,
      cold_start: false,
      queue_ms: 0,
      init_ms: 0,
      max_memory_bytes: null,
      cpu_ms: null,
      logs_truncated: false,
    },
    ...members,
  };
}

/** What is kept of an invocation that was accepted, but for what is said here. */
export function recordDocument(members: Partial<RecordDocument> & Pick<RecordDocument, 'id'>): RecordDocument {
  return {
    function: 'hello',
    version: 3,
    mode: 'sync',
    state: 'queued',
    outcome: null,
    error_code: null,
    error: null,
    attempt: 1,
    max_attempts: 1,
    created_at: '2026-01-02T03:04:05.678Z',
    started_at: null,
    ended_at: null,
    duration_ms: null,
    queue_ms: null,
    init_ms: null,
    cpu_ms: null,
    max_memory_bytes: null,
    exit_code: null,
    cold_start: false,
    logs_truncated: false,
    replay_of: null,
    schedule: null,
    ...members,
  };
}

export function jsonResponse(status: number, document: object, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify(document), {
    status,
    headers: { 'content-type': 'application/json', ...headers },
  });
}

export function problemResponse(status: number, code: string, detail: string, members: object = {}): Response {
  return jsonResponse(status, { type: 'about:blank', title: code, status, code, detail, ...members });
}
