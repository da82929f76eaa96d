import { SraasError } from '../../errors.ts';

/** Lets callers do something one after another, each within a time limit of waiting. */
export class Turns {
  readonly #maxWaitMs: number;
  readonly #waiting: (() => void)[] = [];
  #taken = false;

  constructor(maxWaitMs: number) {
    this.#maxWaitMs = maxWaitMs;
  }

  /** @throws SraasError `STORE_UNAVAILABLE` when the turn did not come in time; the work was not begun then. */
  async take<Value>(work: () => Promise<Value>): Promise<Value> {
    if (this.#taken) await this.#wait();
    this.#taken = true;
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#taken = false;
      else next();
    }
  }

  #wait(): Promise<void> {
    return new Promise((resolve, reject) => {
      const begin = (): void => {
        clearTimeout(timer);
        resolve();
      };
      const timer = setTimeout(() => {
        this.#waiting.splice(this.#waiting.indexOf(begin), 1);
        reject(new SraasError('STORE_UNAVAILABLE', 'The database is busy: try again in a moment.'));
      }, this.#maxWaitMs);
      this.#waiting.push(begin);
    });
  }
}
