import { readPage, type Page } from '../functions/page.ts';
import type { InFlight, RunningInvocation } from '../invocations/in-flight.ts';
import { noFigures } from './attempt-figures.ts';
import type { HistoryListRequest, HistoryStore } from './history-store.ts';
import type { HistoryWriter } from './history-writer.ts';
import { invocationNotThere, isInvocationId } from './invocation-id.ts';
import { nothingKept, type InvocationPayload, type InvocationRecord } from './invocation-record.ts';

/** What can be told of an invocation, whether it has ended or not. */
export interface KnownInvocation {
  readonly record: Omit<InvocationRecord, 'functionId'> & Partial<Pick<InvocationRecord, 'functionId'>>;
  readonly payload: InvocationPayload;
}

interface HistoryParts {
  readonly store: HistoryStore;
  readonly writer: Pick<HistoryWriter, 'find' | 'flush'>;
  readonly inFlight: Pick<InFlight, 'find'>;
}

/** What became of invocations, for those who ask: those that run, those that have just ended, and those that are stored. */
export class History {
  readonly #parts: HistoryParts;

  constructor(parts: HistoryParts) {
    this.#parts = parts;
  }

  /** @throws SraasError INVOCATION_NOT_FOUND, and the store's own. */
  async find(invocationId: string): Promise<KnownInvocation> {
    if (!isInvocationId(invocationId)) throw invocationNotThere();
    const { store, writer, inFlight } = this.#parts;
    // In this order, an invocation that ends meanwhile is in one of the three.
    const running = inFlight.find(invocationId);
    const ended = writer.find(invocationId);
    if (ended !== undefined) return ended;
    const record = await store.find(invocationId);
    if (record !== undefined) return { record, payload: (await store.findPayload(invocationId)) ?? nothingKept };
    if (running === undefined) throw invocationNotThere();
    return { record: recordOf(running), payload: nothingKept };
  }

  /**
   * Invocations of a function, newest first, among them all that had ended when this was called. `next` is an id, for
   * `before`.
   * @throws SraasError the store's own.
   */
  async list(request: HistoryListRequest): Promise<Page<InvocationRecord, string>> {
    await this.#parts.writer.flush();
    return readPage(
      request.limit,
      (limit) => this.#parts.store.list({ ...request, limit }),
      (record) => record.id,
    );
  }
}

/** A sync invocation whose caller still waits. Waiting for a sandbox is part of its one attempt. */
function recordOf(running: RunningInvocation): KnownInvocation['record'] {
  return {
    id: running.id,
    functionName: running.functionName,
    functionVersion: running.functionVersion,
    mode: 'sync',
    state: 'running',
    outcome: undefined,
    errorCode: undefined,
    error: undefined,
    attempt: 1,
    maxAttempts: 1,
    createdAt: running.startedAt,
    startedAt: running.startedAt,
    endedAt: undefined,
    ...noFigures,
    replayOf: undefined,
    schedule: undefined,
  };
}
