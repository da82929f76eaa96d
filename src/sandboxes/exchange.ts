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
  readonly #timer: NodeJS.Timeout;
  readonly #signal: AbortSignal | undefined;

  constructor(options: { phase: Phase; invocationId?: string; limitMs: number; signal?: AbortSignal }) {
    const { phase, limitMs } = options;
    this.phase = phase;
    this.invocationId = options.invocationId;
    this.#signal = options.signal;
    this.ended = new Promise((resolve) => {
      this.#resolve = resolve;
    });
    this.#timer = setTimeout(() => {
      this.settle({ cause: 'deadline', phase, limitMs });
    }, limitMs);
    this.#signal?.addEventListener('abort', this.#onAbort, { once: true });
    if (this.#signal?.aborted === true) this.#onAbort();
  }

  settle(ending: Ending): void {
    clearTimeout(this.#timer);
    this.#signal?.removeEventListener('abort', this.#onAbort);
    this.#resolve(ending);
  }

  readonly #onAbort = (): void => {
    this.settle({ cause: 'cancelled' });
  };
}
