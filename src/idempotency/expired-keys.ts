import type { IdempotencyStore } from './idempotency-store.ts';

interface ExpiredKeysParts {
  readonly store: Pick<IdempotencyStore, 'prune'>;
  readonly clock: () => Date;
  readonly everyMs: number;
  readonly onFailure: (message: string, error: unknown) => void;
}

/** Few enough that other writes do not wait for them noticeably. */
const batch = 500;

/** Removes the keys whose time is over, now and then, in batches. */
export class ExpiredKeys {
  readonly #parts: ExpiredKeysParts;
  #timer: NodeJS.Timeout | undefined;
  #pruning: Promise<void> = Promise.resolve();
  #isClosed = false;

  constructor(parts: ExpiredKeysParts) {
    this.#parts = parts;
  }

  start(): void {
    this.#timer = setInterval(() => {
      this.#pruning = this.#pruning.then(() => this.prune());
    }, this.#parts.everyMs);
    // A process that has nothing else to do need not stay for this.
    this.#timer.unref();
  }

  /** Never rejects. */
  async prune(): Promise<void> {
    const { store, clock, onFailure } = this.#parts;
    try {
      while (!this.#isClosed && (await store.prune(clock(), batch)) >= batch);
    } catch (error) {
      onFailure('Expired idempotency keys could not be removed', error);
    }
  }

  /** Resolves when nothing is being removed any more. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearInterval(this.#timer);
    await this.#pruning;
  }
}
