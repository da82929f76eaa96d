import type { ResourceUse } from '../sandboxes/resource-account.ts';
import type { InvokeReply } from '../wire/invoke.ts';
import { milliseconds } from '../wire/milliseconds.ts';
import type { Verdict } from './verdict.ts';

/** One invocation, as its caller hears of it. */
export interface Reply {
  readonly verdict: Verdict;
  readonly logs: string;
  readonly logsTruncated: boolean;
  /** The handler's own time in milliseconds, by the sandbox's clock and never more than the host's. */
  readonly durationMs: number;
  readonly invocationId: string;
  readonly functionName: string;
  readonly functionVersion: number;
  readonly coldStart: boolean;
  /** Milliseconds spent waiting for a sandbox, a cold start's own time not counted. */
  readonly queueMs: number;
  /** Milliseconds that the cold start took; 0 when there was none. */
  readonly initMs: number;
  readonly use: ResourceUse;
}

/** The reply's JSON text. The result travels as the bytes that the sandbox sent, which have been checked to be JSON. */
export function encodeReply(reply: Reply): Buffer {
  const { verdict } = reply;
  const rest: Omit<InvokeReply, 'result'> = {
    logs: reply.logs,
    error: verdict.error ?? null,
    duration_ms: milliseconds(reply.durationMs),
    invocation: {
      id: reply.invocationId,
      function: reply.functionName,
      version: reply.functionVersion,
      outcome: verdict.outcome,
      exit_code: verdict.exitCode ?? null,
      cold_start: reply.coldStart,
      queue_ms: milliseconds(reply.queueMs),
      init_ms: milliseconds(reply.initMs),
      max_memory_bytes: reply.use.maxMemoryBytes ?? null,
      cpu_ms: reply.use.cpuMs === undefined ? null : milliseconds(reply.use.cpuMs),
      logs_truncated: reply.logsTruncated,
    },
  };
  const result = verdict.result ?? Buffer.from('null');
  return Buffer.concat([Buffer.from('{"result":'), result, Buffer.from(`,${JSON.stringify(rest).slice(1)}`)]);
}
