import { BackOff } from './back-off.ts';
import type { PooledSandbox } from './pooled-sandbox.ts';
import type { Finished } from './sandbox.ts';
import type { Started } from './started.ts';

interface PoolStartsParts {
  /** Rejects with a SraasError when the platform could not start a sandbox. */
  readonly start: () => Promise<Started>;
  readonly onReady: (sandbox: PooledSandbox) => void;
  /** The handler could not be loaded in it. */
  readonly onNotLoaded: (sandbox: PooledSandbox, finished: Finished) => void;
  readonly onFailed: (error: unknown) => void;
}

/** The starts of one pool's sandboxes: how many are under way, and how the last ones went. */
export class PoolStarts {
  readonly #parts: PoolStartsParts;
  readonly #underWay = new Set<Promise<void>>();
  readonly #backOff = new BackOff();
  #count = 0;
  #lastFailure: Finished | undefined;

  constructor(parts: PoolStartsParts) {
    this.#parts = parts;
  }

  /** How many sandboxes are being started. */
  get count(): number {
    return this.#count;
  }

  /** Settle when all that comes of a start has been told. */
  get underWay(): ReadonlySet<Promise<void>> {
    return this.#underWay;
  }

  /** Whether it is too early to try again what failed. */
  get isBackingOff(): boolean {
    return !this.#backOff.isOver();
  }

  /** How loading the handler failed last: the answer to calls while the back-off lasts, as the code cannot change. */
  get lastFailure(): Finished | undefined {
    return this.#lastFailure;
  }

  begin(): void {
    this.#count++;
    const start: Promise<void> = this.#startOne().finally(() => this.#underWay.delete(start));
    this.#underWay.add(start);
  }

  async #startOne(): Promise<void> {
    const { start, onReady, onNotLoaded, onFailed } = this.#parts;
    let started: Started;
    try {
      started = await start();
    } catch (error) {
      this.#count--;
      this.#backOff.failed();
      onFailed(error);
      return;
    }
    this.#count--;
    const { sandbox, finished } = started;
    if (sandbox.state === 'ready' || finished === undefined) {
      this.#backOff.succeeded();
      this.#lastFailure = undefined;
      onReady(sandbox);
    } else {
      this.#backOff.failed();
      this.#lastFailure = finished;
      onNotLoaded(sandbox, finished);
    }
  }
}
