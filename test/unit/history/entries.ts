import { v7 as timeOrderedId } from 'uuid';
import type { FunctionId } from '../../../src/functions/function.ts';
import { noFigures } from '../../../src/history/attempt-figures.ts';
import type { HistoryEntry } from '../../../src/history/history-store.ts';
import { nothingKept, type InvocationPayload, type InvocationRecord } from '../../../src/history/invocation-record.ts';

/** An id of this millisecond; later calls give higher ones. */
function idAt(time: Date): string {
  return timeOrderedId({ msecs: time.getTime(), seq: sequence++ });
}
let sequence = 0;

/** An invocation that succeeded, but for what is said here. */
export function entryWith(
  record: Partial<InvocationRecord> = {},
  payload: Partial<InvocationPayload> = {},
): HistoryEntry {
  const endedAt = record.endedAt ?? new Date('2026-05-01T12:00:00.000Z');
  return {
    record: {
      id: idAt(endedAt),
      functionId: 'f-1' as FunctionId,
      functionName: 'hello',
      functionVersion: 1,
      mode: 'sync',
      state: 'succeeded',
      outcome: 'ok',
      errorCode: undefined,
      error: undefined,
      attempt: 1,
      maxAttempts: 1,
      createdAt: endedAt,
      startedAt: endedAt,
      endedAt,
      ...noFigures,
      durationMs: 1.5,
      queueMs: 0,
      initMs: 0,
      replayOf: undefined,
      schedule: undefined,
      ...record,
    },
    payload: { ...nothingKept, ...payload },
  };
}
