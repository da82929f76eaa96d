import { setTimeout as delay } from 'node:timers/promises';
import type { SraasError } from '../errors.ts';
import { failpoint } from '../failpoints.ts';
import type { FunctionCatalog } from '../functions/catalog.ts';
import { makeAttempt, type AttemptParts, type AttemptResult } from './attempt.ts';
import type { Backlog } from './backlog.ts';
import { leaseMs, Leases } from './leases.ts';
import { pinnedVersion, type Pinned } from './pinned-version.ts';
import { Slots } from './slots.ts';
import type { WorkStore } from './work-store.ts';
import type { ClaimedWork } from './work.ts';

interface WorkerParts extends AttemptParts {
  readonly store: WorkStore;
  readonly backlog: Pick<Backlog, 'ended'>;
  readonly catalog: Pick<FunctionCatalog, 'resolve'>;
  readonly instanceId: string;
  /** Most attempts at a time; 0 makes none here. */
  readonly concurrency: number;
  readonly tell: (error: unknown, invocationId: string) => SraasError;
  /** Told when an invocation with a webhook has ended. */
  readonly onWebhook: () => void;
  readonly onFailure: (message: string, error: unknown) => void;
}

/** Work of other servers, and what they lost, is looked for after so long at most. */
const lookEveryMs = 2000;
const retryStoreMs = 1000;

/** The waits between attempts to write an end down, while the lease lasts. */
const writeDelaysMs = [100, 200, 400, 800, 1600, 3200, 5000, 5000, 5000, 5000, 5000];

/**
 * Runs async invocations when they are due, so many at a time, through the same pools as all calls. Whatever happens to this
 * process meanwhile: what it held is taken up again, by it or by another.
 */
export class Worker {
  readonly #parts: WorkerParts;
  readonly #slots: Slots;
  readonly #leases: Leases;
  readonly #running = new Set<Promise<void>>();
  readonly #closing = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #filling: Promise<void> | undefined;
  #again = false;
  #isOpen = false;

  constructor(parts: WorkerParts) {
    this.#parts = parts;
    this.#slots = new Slots(parts.concurrency);
    this.#leases = new Leases(parts);
  }

  start(): void {
    this.#isOpen = this.#parts.concurrency > 0;
    this.wake();
  }

  /** There may be something to do. */
  wake(): void {
    if (!this.#isOpen) return;
    this.#again = true;
    this.#filling ??= this.#fill().finally(() => {
      this.#filling = undefined;
      // Somebody woke it between its last look and its end.
      if (this.#again) this.wake();
    });
  }

  /** Begins nothing more. What is under way goes on. */
  stop(): void {
    this.#isOpen = false;
    this.#again = false;
    clearTimeout(this.#timer);
  }

  /** Resolves when what was under way has ended and is written down. Never rejects. */
  async close(): Promise<void> {
    this.stop();
    await this.#filling;
    this.#closing.abort();
    await Promise.all(this.#running);
  }

  async #fill(): Promise<void> {
    clearTimeout(this.#timer);
    let lookAgainMs;
    try {
      while (this.#again) {
        this.#again = false;
        while (this.#isOpen && this.#slots.hasRoom && (await this.#begin()));
      }
      lookAgainMs = await this.#untilNextMs();
    } catch (error) {
      this.#again = false;
      lookAgainMs = retryStoreMs;
      this.#parts.onFailure('Asynchronous invocations could not be looked for', error);
    }
    if (!this.#isOpen) return;
    this.#timer = setTimeout(() => {
      this.wake();
    }, lookAgainMs);
  }

  /** Begins an attempt at what has been due longest; false when there is nothing that may begin. */
  async #begin(): Promise<boolean> {
    const { store, catalog, clock, instanceId, tell } = this.#parts;
    const now = clock();
    const leaseUntil = new Date(now.getTime() + leaseMs);
    const claimed = await store.claim({ now, leaseUntil, leasedBy: instanceId, fullFunctions: this.#slots.full });
    if (claimed === undefined) return false;
    failpoint('async.claimed');
    const { record } = claimed;
    const pinned = await pinnedVersion(catalog, record, (error) => tell(error, record.id));
    const concurrency = 'version' in pinned ? pinned.version.config.concurrency.max : 1;
    const giveBack = this.#slots.take(record.functionId, concurrency);
    const run: Promise<void> = this.#carryOut(claimed, pinned).finally(() => {
      giveBack();
      this.#running.delete(run);
      this.wake();
    });
    this.#running.add(run);
    return true;
  }

  async #carryOut(claimed: ClaimedWork, pinned: Pinned): Promise<void> {
    const { leaseToken } = claimed;
    const lease = this.#leases.hold(leaseToken);
    try {
      const result = await makeAttempt(this.#parts, claimed, pinned, lease.signal);
      failpoint('async.attempt_ended');
      // Without the lease nothing may be written, and the store would refuse it.
      if (!lease.signal.aborted) await this.#write(leaseToken, result);
    } catch (error) {
      this.#parts.onFailure('The end of an asynchronous invocation could not be written; it is run again', error);
    } finally {
      lease.release();
    }
  }

  async #write(leaseToken: string, result: AttemptResult): Promise<void> {
    const { store, backlog, onWebhook } = this.#parts;
    if (result.kind === 'put_back') {
      await this.#insist(() => store.putBack(leaseToken, result.work));
      return;
    }
    if (!(await this.#insist(() => store.end(leaseToken, result.work)))) return;
    failpoint('async.end_written');
    backlog.ended();
    if (result.work.webhook !== undefined) onWebhook();
  }

  /** Tries again what the store could not do, for about as long as a lease lasts; when the server closes, once more. */
  async #insist(write: () => Promise<boolean>): Promise<boolean> {
    for (const delayMs of writeDelaysMs) {
      try {
        return await write();
      } catch (error) {
        this.#parts.onFailure('The end of an asynchronous invocation could not be written yet', error);
      }
      if (this.#closing.signal.aborted) break;
      await delay(delayMs, undefined, { signal: this.#closing.signal }).catch(() => undefined);
    }
    return await write();
  }

  async #untilNextMs(): Promise<number> {
    const now = this.#parts.clock();
    const next = await this.#parts.store.nextDue(now);
    const untilMs = next === undefined ? lookEveryMs : next.getTime() - now.getTime();
    return Math.min(lookEveryMs, Math.max(1, untilMs));
  }
}
