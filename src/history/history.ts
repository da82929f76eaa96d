import { readPage, type Page } from '../functions/page.ts';
import type { Elsewhere } from '../invocations/elsewhere.ts';
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
  /** Undefined where one process runs all. */
  readonly elsewhere?: Pick<Elsewhere, 'running' | 'flushHistory'> | undefined;
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
    const { writer, inFlight } = this.#parts;
    // In this order, an invocation that ends meanwhile is in one of the three.
    const running = inFlight.find(invocationId);
    const ended = writer.find(invocationId);
    if (ended !== undefined) return ended;
    const stored = await this.#findStored(invocationId);
    if (stored !== undefined) return stored;
    if (running !== undefined) return { record: recordOf(running), payload: nothingKept };
    return await this.#findElsewhere(invocationId);
  }

  /** In the order of {@link find}. */
  async #findElsewhere(invocationId: string): Promise<KnownInvocation> {
    const { elsewhere } = this.#parts;
    if (elsewhere === undefined) throw invocationNotThere();
    const running = (await elsewhere.running()).find(({ id }) => id === invocationId);
    await elsewhere.flushHistory();
    const stored = await this.#findStored(invocationId);
    if (stored !== undefined) return stored;
    if (running === undefined) throw invocationNotThere();
    return { record: recordOf(running), payload: nothingKept };
  }

  async #findStored(invocationId: string): Promise<KnownInvocation | undefined> {
    const { store } = this.#parts;
    const record = await store.find(invocationId);
    return record && { record, payload: (await store.findPayload(invocationId)) ?? nothingKept };
  }

  /**
   * Invocations of a function, newest first, among them all that had ended when this was called. `next` is an id, for
   * `before`.
   * @throws SraasError the store's own.
   */
  async list(request: HistoryListRequest): Promise<Page<InvocationRecord, string>> {
    await Promise.all([this.#parts.writer.flush(), this.#parts.elsewhere?.flushHistory()]);
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
