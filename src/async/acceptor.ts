import type { DiskSpace } from '../artifacts/disk-space.ts';
import { failpoint } from '../failpoints.ts';
import type { FunctionVersion } from '../functions/function.ts';
import { noFigures } from '../history/attempt-figures.ts';
import type { InvocationMode } from '../wire/record.ts';
import type { InvocationRecord } from '../history/invocation-record.ts';
import type { AnsweredKey } from '../idempotency/idempotency-store.ts';
import type { Backlog } from './backlog.ts';
import type { WorkStore } from './work-store.ts';
import type { AcceptedWork } from './work.ts';

interface AcceptorParts {
  readonly store: Pick<WorkStore, 'accept'>;
  readonly backlog: Pick<Backlog, 'add'>;
  readonly diskSpace: Pick<DiskSpace, 'requireRoomFor'>;
  readonly clock: () => Date;
  /** Told when there is something new to do. */
  readonly onAccepted: () => void;
}

/** One wish to run a version later. */
export interface AsyncRequest {
  /** A UUID of version 7. */
  readonly invocationId: string;
  /** The envelope's bytes, which have been checked. */
  readonly envelope: Uint8Array;
  readonly mode?: Exclude<InvocationMode, 'sync'>;
  /** The invocation whose event this one runs again. */
  readonly replayOf?: string;
  /** The schedule that made it. */
  readonly schedule?: string;
}

/** Takes invocations that nobody waits for. What is accepted is pinned to the version that it was accepted for. */
export class Acceptor {
  readonly #parts: AcceptorParts;

  constructor(parts: AcceptorParts) {
    this.#parts = parts;
  }

  /**
   * Resolves when the invocation is durable: from then on it is run at least once, or given up by its version's policy.
   * @param answered what is kept for an idempotency key, in the same transaction.
   * @throws SraasError QUEUE_FULL, VERSION_NOT_FOUND, STORE_UNAVAILABLE, INSUFFICIENT_STORAGE, IDEMPOTENCY_IN_FLIGHT; then it
   * was not accepted.
   */
  accept(
    version: FunctionVersion,
    request: AsyncRequest,
    answered?: (record: InvocationRecord) => AnsweredKey,
  ): Promise<InvocationRecord> {
    return this.take(version, request, (work) => this.#parts.store.accept(work, answered?.(work.record)));
  }

  /**
   * The same for whoever has more to write in the transaction that accepts.
   * @param store makes it durable.
   */
  async take(
    version: FunctionVersion,
    request: AsyncRequest,
    store: (work: AcceptedWork) => Promise<void>,
  ): Promise<InvocationRecord> {
    const { backlog, diskSpace, clock, onAccepted } = this.#parts;
    await diskSpace.requireRoomFor('async');
    const work = toWork(version, request, clock());
    await backlog.add(() => store(work));
    failpoint('async.accepted');
    onAccepted();
    return work.record;
  }
}

function toWork(version: FunctionVersion, request: AsyncRequest, now: Date): AcceptedWork {
  const { maxAttempts, maxAgeMs, webhookUrl, webhookSecret } = version.config.async;
  const record: InvocationRecord = {
    id: request.invocationId,
    functionId: version.functionId,
    functionName: version.functionName,
    functionVersion: version.number,
    mode: request.mode ?? 'async',
    state: 'queued',
    outcome: undefined,
    errorCode: undefined,
    error: undefined,
    attempt: 0,
    maxAttempts,
    createdAt: now,
    startedAt: undefined,
    endedAt: undefined,
    ...noFigures,
    replayOf: request.replayOf,
    schedule: request.schedule,
  };
  return {
    record,
    envelope: request.envelope,
    dueAt: now,
    expiresAt: new Date(now.getTime() + maxAgeMs),
    webhook: webhookUrl === undefined ? undefined : { url: webhookUrl, secret: webhookSecret },
  };
}
