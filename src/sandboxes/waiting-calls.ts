import { SraasError } from '../errors.ts';
import type { Lease } from './lease.ts';

/** A call that waits for a sandbox. */
interface Waiting {
  readonly since: number;
  readonly resolve: (lease: Lease) => void;
  readonly reject: (error: unknown) => void;
}

interface WaitingCallsOptions {
  readonly maxLength: number;
  readonly maxWaitMs: number;
  /** How many calls wait in all queues together; undefined where there is no other queue. */
  readonly together?: WaitingTogether;
}

/** The bound on all queues together. */
export class WaitingTogether {
  readonly #max: number;
  count = 0;

  constructor(max: number) {
    this.#max = max;
  }

  get isFull(): boolean {
    return this.count >= this.#max;
  }
}

/** The bounded queue of one pool: first come, first served; who waits too long, or no longer wants to, leaves. */
export class WaitingCalls {
  readonly #options: WaitingCallsOptions;
  readonly #queue = new Set<Waiting>();

  constructor(options: WaitingCallsOptions) {
    this.#options = options;
  }

  get length(): number {
    return this.#queue.size;
  }

  /** Whether a call must be turned away; `serving` calls are being started for and do not count. */
  isFull(serving: number): boolean {
    const unserved = this.#queue.size - serving;
    return unserved >= this.#options.maxLength || (unserved >= 0 && this.#options.together?.isFull === true);
  }

  /**
   * Waits for a lease. A lease that comes when nobody waits for it any more is never given out: it stays with the pool.
   * @throws SraasError QUEUE_TIMEOUT after the longest wait, and the signal's reason when it aborts.
   */
  async wait(signal: AbortSignal): Promise<Lease> {
    signal.throwIfAborted();
    const { together, maxWaitMs } = this.#options;
    let leave: (error: unknown) => void = () => undefined;
    const onAbort = (): void => {
      leave(signal.reason);
    };
    const timer = setTimeout(() => {
      leave(
        new SraasError('QUEUE_TIMEOUT', 'No sandbox became free in time; try again later.', { retryAfterSeconds: 1 }),
      );
    }, maxWaitMs);
    if (together !== undefined) together.count++;
    try {
      return await new Promise<Lease>((resolve, reject) => {
        const waiting = { since: performance.now(), resolve, reject };
        this.#queue.add(waiting);
        leave = (error) => {
          // Out of the queue first: a lease must not go to one who has left.
          this.#queue.delete(waiting);
          reject(error);
        };
        signal.addEventListener('abort', onAbort, { once: true });
      });
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
      if (together !== undefined) together.count--;
    }
  }

  /** Hands a lease to who has waited longest; false when nobody waits. */
  serve(makeLease: (waitedMs: number) => Lease): boolean {
    const waiting = this.#take();
    waiting?.resolve(makeLease(performance.now() - waiting.since));
    return waiting !== undefined;
  }

  /** Tells who has waited longest that no sandbox will come. */
  fail(error: unknown): void {
    this.#take()?.reject(error);
  }

  failAll(error: unknown): void {
    while (this.#queue.size > 0) this.fail(error);
  }

  #take(): Waiting | undefined {
    const [first] = this.#queue;
    if (first !== undefined) this.#queue.delete(first);
    return first;
  }
}
