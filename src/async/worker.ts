import { failpoint } from '../failpoints.ts';
import type { FunctionCatalog } from '../functions/catalog.ts';
import { makeAttempt, type AttemptParts, type AttemptResult } from './attempt.ts';
import type { Backlog } from './backlog.ts';
import { DueLoop } from './due-loop.ts';
import { insist } from './insist.ts';
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
  /** Told when an invocation with a webhook has ended. */
  readonly onWebhook: () => void;
  readonly onFailure: (message: string, error: unknown) => void;
}

/**
 * Runs async invocations when they are due, so many at a time, through the same pools as all calls. Whatever happens to this
 * process meanwhile: what it held is taken up again, by it or by another.
 */
export class Worker {
  readonly #parts: WorkerParts;
  readonly #slots: Slots;
  readonly #leases: Leases;
  readonly #loop: DueLoop;
  readonly #running = new Set<Promise<void>>();
  readonly #closing = new AbortController();

  constructor(parts: WorkerParts) {
    this.#parts = parts;
    this.#slots = new Slots(parts.concurrency);
    this.#leases = new Leases(parts);
    this.#loop = new DueLoop({
      begin: () => this.#begin(),
      nextDue: (after) => parts.store.nextDue(after),
      clock: parts.clock,
      onFailure: (error) => {
        parts.onFailure('Asynchronous invocations could not be looked for', error);
      },
    });
  }

  start(): void {
    if (this.#parts.concurrency > 0) this.#loop.start();
  }

  /** There may be something to do. */
  wake(): void {
    this.#loop.wake();
  }

  /** Begins nothing more. What is under way goes on. */
  stop(): void {
    void this.#loop.stop();
  }

  /** Resolves when what was under way has ended and is written down. Never rejects. */
  async close(): Promise<void> {
    await this.#loop.stop();
    this.#closing.abort();
    await Promise.all(this.#running);
  }

  async #begin(): Promise<boolean> {
    if (!this.#slots.hasRoom) return false;
    const { store, catalog, clock, instanceId, tell } = this.#parts;
    const now = clock();
    const leaseUntil = new Date(now.getTime() + leaseMs);
    const claimed = await store.claim({
      now,
      leaseUntil,
      leasedBy: instanceId,
      fullFunctions: this.#slots.full,
      heldTokens: this.#leases.tokens,
    });
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
    const lease = this.#leases.hold(claimed.leaseToken);
    try {
      const result = await makeAttempt(this.#parts, claimed, pinned, lease.signal);
      failpoint('async.attempt_ended');
      // Without the lease nothing may be written, and the store would refuse it.
      if (!lease.signal.aborted) await this.#write(claimed, result);
    } catch (error) {
      this.#parts.onFailure('The end of an asynchronous invocation could not be written; it is run again', error);
    } finally {
      lease.release();
    }
  }

  async #write({ leaseToken, webhook }: ClaimedWork, result: AttemptResult): Promise<void> {
    const { store, backlog, onWebhook, onFailure } = this.#parts;
    const written = await insist(
      () => (result.kind === 'put_back' ? store.putBack(leaseToken, result.work) : store.end(leaseToken, result.work)),
      this.#closing.signal,
      (error) => {
        onFailure('The end of an asynchronous invocation could not be written yet', error);
      },
    );
    if (!written || result.kind === 'put_back') return;
    failpoint('async.end_written');
    backlog.ended();
    if (webhook !== undefined) onWebhook();
  }
}
