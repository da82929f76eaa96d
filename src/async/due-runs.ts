import type { FunctionId } from '../functions/function.ts';
import type { ClaimRequest } from './claim-request.ts';
import { DueLoop } from './due-loop.ts';
import { leaseMs } from './leases.ts';
import { Slots } from './slots.ts';

/** What was claimed, and may run. */
export interface DueRun {
  readonly functionId: FunctionId;
  /** Most runs of its function at a time. */
  readonly mostOfOne: number;
  /**
   * Resolves when its end is written down, or cannot be. Never rejects.
   * @param closing aborts when the server closes.
   */
  readonly carryOut: (closing: AbortSignal) => Promise<void>;
}

interface DueRunsParts {
  /** Most runs at a time. */
  readonly most: number;
  readonly instanceId: string;
  /** Takes the lease of what has been due longest; undefined when there is nothing that may begin now. */
  readonly claim: (request: ClaimRequest) => Promise<DueRun | undefined>;
  /** When something becomes due after this time. */
  readonly nextDue: (after: Date) => Promise<Date | undefined>;
  readonly clock: () => Date;
  /** Told when the store cannot be asked; it is asked again. */
  readonly onFailure: (error: unknown) => void;
}

/** Runs what is due by leases, so many at a time, and of each function no more than it may have. */
export class DueRuns {
  readonly #parts: DueRunsParts;
  readonly #slots: Slots;
  readonly #loop: DueLoop;
  readonly #running = new Set<Promise<void>>();
  readonly #closing = new AbortController();

  constructor(parts: DueRunsParts) {
    this.#parts = parts;
    this.#slots = new Slots(parts.most);
    this.#loop = new DueLoop({ ...parts, begin: () => this.#begin() });
  }

  start(): void {
    this.#loop.start();
  }

  /** There may be something to run. */
  wake(): void {
    this.#loop.wake();
  }

  /** Begins nothing more. What is under way goes on. */
  stop(): void {
    void this.#loop.stop();
  }

  /** Begins nothing more, and resolves when what was under way has ended. Never rejects. */
  async close(): Promise<void> {
    await this.#loop.stop();
    this.#closing.abort();
    await Promise.all(this.#running);
  }

  async #begin(): Promise<boolean> {
    if (!this.#slots.hasRoom) return false;
    const { claim, clock, instanceId } = this.#parts;
    const now = clock();
    const due = await claim({
      now,
      leaseUntil: new Date(now.getTime() + leaseMs),
      leasedBy: instanceId,
      fullFunctions: this.#slots.full,
    });
    if (due === undefined) return false;
    const giveBack = this.#slots.take(due.functionId, due.mostOfOne);
    const run: Promise<void> = due.carryOut(this.#closing.signal).finally(() => {
      giveBack();
      this.#running.delete(run);
      this.wake();
    });
    this.#running.add(run);
    return true;
  }
}
