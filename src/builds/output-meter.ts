import { setTimeout as sleep } from 'node:timers/promises';

interface OutputMeterOptions {
  /** Most that is read in a second: a build that writes faster waits, and the server has time for others. */
  readonly bytesPerSecond: number;
  readonly maxBytes: number;
  /** Called with a sentence when there was more than that. */
  readonly onTooMuch: (reason: string) => void;
}

/** Counts what a build writes, and holds up one that floods. */
export class OutputMeter {
  readonly #options: OutputMeterOptions;
  #total = 0;
  #second = 0;
  #secondEndsAt = 0;

  constructor(options: OutputMeterOptions) {
    this.#options = options;
  }

  /** Resolves when more may be read. */
  async count(bytes: number): Promise<void> {
    const { bytesPerSecond, maxBytes, onTooMuch } = this.#options;
    this.#total += bytes;
    if (this.#total > maxBytes)
      onTooMuch(`The build wrote more than ${Math.round(maxBytes / 1_048_576)} MB of output.`);
    const now = performance.now();
    if (now > this.#secondEndsAt) {
      this.#second = 0;
      this.#secondEndsAt = now + 1000;
    }
    this.#second += bytes;
    if (this.#second > bytesPerSecond) await sleep(Math.max(0, this.#secondEndsAt - now), undefined, { ref: false });
  }
}
