import type { AcceptedWork } from '../../../src/async/work.ts';
import type { FunctionVersion } from '../../../src/functions/function.ts';
import { noFigures } from '../../../src/history/attempt-figures.ts';
import type { InvocationRecord } from '../../../src/history/invocation-record.ts';
import { versionWith } from '../sandboxes/versions.ts';

let made = 0;

/** An id as the server makes them: later ones are greater. */
function nextId(): string {
  made++;
  return `019a0000-0000-7000-8000-${made.toString(16).padStart(12, '0')}`;
}

/** A record of an invocation that was accepted just now. */
export function queuedRecord(
  version: Pick<FunctionVersion, 'functionId' | 'functionName' | 'number'> = versionWith(),
  members: Partial<InvocationRecord> = {},
): InvocationRecord {
  return {
    id: nextId(),
    functionId: version.functionId,
    functionName: version.functionName,
    functionVersion: version.number,
    mode: 'async',
    state: 'queued',
    outcome: undefined,
    errorCode: undefined,
    error: undefined,
    attempt: 0,
    maxAttempts: 3,
    createdAt: new Date('2026-03-01T00:00:00.000Z'),
    startedAt: undefined,
    endedAt: undefined,
    ...noFigures,
    replayOf: undefined,
    schedule: undefined,
    ...members,
  };
}

/** Accepted at its `createdAt`, due at once, and given up after an hour. */
export function acceptedWork(
  version?: Parameters<typeof queuedRecord>[0],
  members: Partial<InvocationRecord> = {},
): AcceptedWork {
  const record = queuedRecord(version, members);
  return {
    record,
    envelope: Buffer.from('{"version":"v1","event":1}'),
    dueAt: record.createdAt,
    expiresAt: new Date(record.createdAt.getTime() + 3_600_000),
    webhook: undefined,
  };
}
