import type { Reply } from '../invocations/reply.ts';
import type { InvocationRecord } from './invocation-record.ts';

/** The members of a record that tell of its last attempt alone. */
type AttemptFigures = Pick<
  InvocationRecord,
  'durationMs' | 'queueMs' | 'initMs' | 'cpuMs' | 'maxMemoryBytes' | 'exitCode' | 'coldStart' | 'logsTruncated'
>;

/** Of an attempt that has not ended, or did not come to a reply. */
export const noFigures: AttemptFigures = {
  durationMs: undefined,
  queueMs: undefined,
  initMs: undefined,
  cpuMs: undefined,
  maxMemoryBytes: undefined,
  exitCode: undefined,
  coldStart: false,
  logsTruncated: false,
};

/** Of an attempt that came to a reply. */
export function figuresOf(reply: Reply): AttemptFigures {
  return {
    durationMs: reply.durationMs,
    queueMs: reply.queueMs,
    initMs: reply.initMs,
    cpuMs: reply.use.cpuMs,
    maxMemoryBytes: reply.use.maxMemoryBytes,
    exitCode: reply.verdict.exitCode,
    coldStart: reply.coldStart,
    logsTruncated: reply.logsTruncated,
  };
}
