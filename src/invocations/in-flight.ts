import { SraasError } from '../errors.ts';

/** The invocations that run or wait at this moment, so that a shutdown can let them end, and then end them. */
export class InFlight {
  readonly #running = new Set<AbortController>();
  #draining = false;
  #onIdle: () => void = () => undefined;

  get count(): number {
    return this.#running.size;
  }

  /**
   * Runs `work` with a signal that aborts when the caller's does, or when a drain has lasted too long.
   * @throws SraasError DRAINING without running it, once a drain has begun.
   */
  async track<T>(callerSignal: AbortSignal, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    if (this.#draining) throw draining();
    const controller = new AbortController();
    const onAbort = (): void => {
      controller.abort(callerSignal.reason);
    };
    callerSignal.addEventListener('abort', onAbort, { once: true });
    if (callerSignal.aborted) onAbort();
    this.#running.add(controller);
    try {
      return await work(controller.signal);
    } finally {
      callerSignal.removeEventListener('abort', onAbort);
      this.#running.delete(controller);
      if (this.#running.size === 0) this.#onIdle();
    }
  }

  /** Refuses new work, waits up to `limitMs` for what runs, then cancels the rest. Resolves when nothing runs any more. */
  async drain(limitMs: number): Promise<{ readonly cancelled: number }> {
    this.#draining = true;
    const idle = new Promise<void>((resolve) => {
      this.#onIdle = resolve;
      if (this.#running.size === 0) resolve();
    });
    let cancelled = 0;
    const timer = setTimeout(() => {
      cancelled = this.#running.size;
      for (const controller of this.#running) controller.abort(draining());
    }, limitMs);
    await idle;
    clearTimeout(timer);
    return { cancelled };
  }
}

function draining(): SraasError {
  return new SraasError('DRAINING', 'The server is shutting down; send the call again to the next one.', {
    retryAfterSeconds: 5,
  });
}
