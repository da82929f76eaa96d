import { SraasError } from '../errors.ts';

interface BuildQueueOptions {
  /** What waits here, for those who are refused. */
  readonly what: 'builds' | 'installs';
  /** As many at a time. */
  readonly most: number;
  /** As many may wait for their turn. */
  readonly length: number;
}

/** Who has a turn now, and who waits for one. */
export class BuildQueue {
  readonly #options: BuildQueueOptions;
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  constructor(options: BuildQueueOptions) {
    this.#options = options;
  }

  /** @throws SraasError `QUEUE_FULL` when no more may wait. */
  assertRoom(): void {
    const { what, most, length } = this.#options;
    if (this.#running < most || this.#waiting.length < length) return;
    throw new SraasError('QUEUE_FULL', `${length} ${what} are waiting already; try again later.`, {
      retryAfterSeconds: 15,
    });
  }

  /** Waits for a turn. Rejects with the signal's reason, and gives the place up, when it is aborted before. */
  async turn(signal: AbortSignal): Promise<() => void> {
    if (this.#running < this.#options.most) this.#running += 1;
    else await this.#wait(signal);
    let isGiven = false;
    return () => {
      if (isGiven) return;
      isGiven = true;
      // The turn goes over to the next one, so that nobody who comes at this moment is faster.
      const next = this.#waiting.shift();
      if (next === undefined) this.#running -= 1;
      else next();
    };
  }

  #wait(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const onAbort = (): void => {
        this.#waiting.splice(this.#waiting.indexOf(begin), 1);
        reject(new Error(String(signal.reason)));
      };
      const begin = (): void => {
        signal.removeEventListener('abort', onAbort);
        resolve();
      };
      if (signal.aborted) {
        reject(new Error(String(signal.reason)));
        return;
      }
      signal.addEventListener('abort', onAbort, { once: true });
      this.#waiting.push(begin);
    });
  }
}
