import type { Cancellation } from '../cancellation.ts';
import { SraasError } from '../errors.ts';
import type { Lease } from './lease.ts';

/** A call that waits for a sandbox. */
interface Waiting {
  readonly since: number;
  readonly resolve: (lease: Lease) => void;
  readonly reject: (error: unknown) => void;
  readonly signal: Cancellation;
  readonly onAbort: () => void;
}

interface WaitingCallsOptions {
  readonly maxLength: number;
  readonly maxWaitMs: number;
  /** How many calls wait in all queues together; undefined where there is no other queue. */
  readonly together?: WaitingTogether;
  /** Told when one has left without a lease. */
  readonly onLeft?: () => void;
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
  #timer: NodeJS.Timeout | undefined;

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

  /** When who has waited longest began to, by the monotonic clock in milliseconds; undefined when nobody waits. */
  oldestSince(): number | undefined {
    const [first] = this.#queue;
    return first?.since;
  }

  /**
   * Waits for a lease. A lease that comes when nobody waits for it any more is never given out: it stays with the pool.
   * @throws SraasError QUEUE_TIMEOUT after the longest wait, and the signal's reason when it aborts.
   */
  wait(signal: Cancellation): Promise<Lease> {
    return new Promise<Lease>((resolve, reject) => {
      signal.throwIfAborted();
      const onAbort = (): void => {
        this.#leave(waiting, signal.reason);
      };
      const waiting: Waiting = { since: performance.now(), resolve, reject, signal, onAbort };
      this.#queue.add(waiting);
      if (this.#options.together !== undefined) this.#options.together.count++;
      signal.addEventListener('abort', onAbort, { once: true });
      this.#timeOutLater();
    });
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
    if (first !== undefined) this.#remove(first);
    return first;
  }

  /** Out of the queue first: a lease must not go to one who has left. */
  #leave(waiting: Waiting, error: unknown): void {
    this.#remove(waiting);
    waiting.reject(error);
    this.#options.onLeft?.();
  }

  #remove(waiting: Waiting): void {
    this.#queue.delete(waiting);
    waiting.signal.removeEventListener('abort', waiting.onAbort);
    if (this.#options.together !== undefined) this.#options.together.count--;
  }

  /** One timer for all, as all may wait equally long: who has waited longest is the next whose time is over. */
  #timeOutLater(): void {
    const since = this.oldestSince();
    if (this.#timer !== undefined || since === undefined) return;
    const leftMs = since + this.#options.maxWaitMs - performance.now();
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#timeOut(performance.now() - this.#options.maxWaitMs);
      this.#timeOutLater();
    }, Math.ceil(leftMs)).unref();
  }

  #timeOut(sinceMs: number): void {
    for (const waiting of this.#queue) {
      if (waiting.since > sinceMs) return;
      this.#leave(waiting, timedOut());
    }
  }
}

function timedOut(): SraasError {
  return new SraasError('QUEUE_TIMEOUT', 'No sandbox became free in time; try again later.', { retryAfterSeconds: 1 });
}
