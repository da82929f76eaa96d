import { performance } from 'node:perf_hooks';

const detailIntervalMs = 5_000;

/** Tells a person about long work: a line when a step begins, one when it ends, and little in between. */
export class Steps {
  readonly #onProgress: (line: string) => void;
  readonly #subject: string;
  readonly #now: () => number;

  /** @param subject what the work is for; begins each line. @param now a clock in milliseconds. */
  constructor(onProgress: (line: string) => void, subject: string, now: () => number = () => performance.now()) {
    this.#onProgress = onProgress;
    this.#subject = subject;
    this.#now = now;
  }

  note(text: string): void {
    this.#onProgress(`${this.#subject}: ${text}`);
  }

  /** Runs one step. `work` may report any number of details; one in five seconds is shown. */
  async run<T>(title: string, work: (onDetail: (text: string) => void) => Promise<T>): Promise<T> {
    const startedMs = this.#now();
    const seconds = (): string => `${Math.round((this.#now() - startedMs) / 1000)} s`;
    let shownMs = startedMs;
    const onDetail = (text: string): void => {
      if (this.#now() - shownMs < detailIntervalMs) return;
      shownMs = this.#now();
      this.note(`  ${seconds()}: ${text}`);
    };
    this.note(`${title} …`);
    try {
      const value = await work(onDetail);
      this.note(`${title}: done in ${seconds()}`);
      return value;
    } catch (error) {
      this.note(`${title}: failed after ${seconds()}`);
      throw error;
    }
  }
}
