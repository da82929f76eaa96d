const firstMs = 1000;
const longestMs = 60_000;

/** Keeps starts that nobody waits for from being tried again and again while they fail: 1 s, 2 s, 4 s … up to a minute. */
export class BackOff {
  #delayMs = firstMs;
  #until = 0;

  failed(): void {
    this.#until = performance.now() + this.#delayMs;
    this.#delayMs = Math.min(longestMs, this.#delayMs * 2);
  }

  succeeded(): void {
    this.#delayMs = firstMs;
    this.#until = 0;
  }

  isOver(): boolean {
    return performance.now() >= this.#until;
  }
}
