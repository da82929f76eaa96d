import { failpoint } from '../failpoints.ts';
import type { FunctionCatalog } from '../functions/catalog.ts';
import { makeAttempt, type AttemptParts, type AttemptResult } from './attempt.ts';
import type { Backlog } from './backlog.ts';
import type { ClaimRequest } from './claim-request.ts';
import { DueRuns, type DueRun } from './due-runs.ts';
import { insist } from './insist.ts';
import { Leases } from './leases.ts';
import { pinnedVersion, type Pinned } from './pinned-version.ts';
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
  readonly #leases: Leases;
  readonly #runs: DueRuns;

  constructor(parts: WorkerParts) {
    this.#parts = parts;
    this.#leases = new Leases(parts);
    this.#runs = new DueRuns({
      most: parts.concurrency,
      instanceId: parts.instanceId,
      claim: (request) => this.#claim(request),
      nextDue: (after) => parts.store.nextDue(after),
      clock: parts.clock,
      onFailure: (error) => {
        parts.onFailure('Asynchronous invocations could not be looked for', error);
      },
    });
  }

  start(): void {
    if (this.#parts.concurrency > 0) this.#runs.start();
  }

  /** There may be something to do. */
  wake(): void {
    this.#runs.wake();
  }

  /** Begins nothing more. What is under way goes on. */
  stop(): void {
    this.#runs.stop();
  }

  /** Resolves when what was under way has ended and is written down. Never rejects. */
  close(): Promise<void> {
    return this.#runs.close();
  }

  async #claim(request: ClaimRequest): Promise<DueRun | undefined> {
    const { store, catalog, workloadOf, tell } = this.#parts;
    const claimed = await store.claim({ ...request, heldTokens: this.#leases.tokens });
    if (claimed === undefined) return undefined;
    failpoint('async.claimed');
    const { record } = claimed;
    const pinned = await pinnedVersion(catalog, record, (error) => tell(error, record.id));
    return {
      functionId: record.functionId,
      mostOfOne: 'version' in pinned ? workloadOf(pinned.version).version.config.concurrency.max : 1,
      carryOut: (closing) => this.#carryOut(claimed, pinned, closing),
    };
  }

  async #carryOut(claimed: ClaimedWork, pinned: Pinned, closing: AbortSignal): Promise<void> {
    const lease = this.#leases.hold(claimed.leaseToken);
    try {
      const result = await makeAttempt(this.#parts, claimed, pinned, lease.signal);
      failpoint('async.attempt_ended');
      // Without the lease nothing may be written, and the store would refuse it.
      if (!lease.signal.aborted) await this.#write(claimed, result, closing);
    } catch (error) {
      this.#parts.onFailure('The end of an asynchronous invocation could not be written; it is run again', error);
    } finally {
      lease.release();
    }
  }

  async #write({ leaseToken, webhook }: ClaimedWork, result: AttemptResult, closing: AbortSignal): Promise<void> {
    const { store, backlog, onWebhook, onFailure } = this.#parts;
    const written = await insist(
      () => (result.kind === 'put_back' ? store.putBack(leaseToken, result.work) : store.end(leaseToken, result.work)),
      closing,
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
