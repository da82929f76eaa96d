import type { Cancellation } from '../cancellation.ts';
import type { Ending, Phase } from './ending.ts';

/**
 * One question to a shim and its one end. Four writers (an answer, the timer, death, a broken rule or a cancelled call) and one
 * reader: the first to settle wins, the rest is ignored.
 */
export class Exchange {
  readonly phase: Phase;
  /** Id of the invocation; undefined while loading. */
  readonly invocationId: string | undefined;
  readonly ended: Promise<Ending>;
  #resolve: (ending: Ending) => void = () => undefined;
  #timer: NodeJS.Timeout | undefined;
  readonly #limitMs: number;
  readonly #began: number;
  readonly #signal: Cancellation | undefined;

  constructor(options: { phase: Phase; invocationId?: string; limitMs: number; signal?: Cancellation }) {
    const { phase, limitMs } = options;
    this.phase = phase;
    this.#limitMs = limitMs;
    this.invocationId = options.invocationId;
    this.#signal = options.signal;
    this.ended = new Promise((resolve) => {
      this.#resolve = resolve;
    });
    this.#began = performance.now();
    this.#arm(limitMs);
    this.#signal?.addEventListener('abort', this.#onAbort, { once: true });
    if (this.#signal?.aborted === true) this.#onAbort();
  }

  /** Milliseconds since it began, which its limit counts as well. */
  get elapsedMs(): number {
    return performance.now() - this.#began;
  }

  settle(ending: Ending): void {
    clearTimeout(this.#timer);
    this.#signal?.removeEventListener('abort', this.#onAbort);
    this.#resolve(ending);
  }

  /** Timers count from when the event loop last looked at the clock, which may be a while ago: one that comes early waits on. */
  #arm(delayMs: number): void {
    this.#timer = setTimeout(() => {
      const leftMs = this.#limitMs - this.elapsedMs;
      if (leftMs > 0) this.#arm(Math.ceil(leftMs));
      else this.settle({ cause: 'deadline', phase: this.phase, limitMs: this.#limitMs });
    }, delayMs);
  }

  readonly #onAbort = (): void => {
    this.settle({ cause: 'cancelled' });
  };
}
