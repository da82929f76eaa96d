/** How much the newest call counts in the mean: the last dozen decide. */
const weight = 0.15;

/** How long calls hold a sandbox lately, which tells how long those behind them will wait. */
export class HoldTimes {
  readonly #began = new WeakMap<object, number>();
  #meanMs: number | undefined;

  begin(sandbox: object): void {
    this.#began.set(sandbox, performance.now());
  }

  end(sandbox: object): void {
    const began = this.#began.get(sandbox);
    if (began === undefined) return;
    const heldMs = performance.now() - began;
    this.#meanMs = this.#meanMs === undefined ? heldMs : this.#meanMs + weight * (heldMs - this.#meanMs);
  }

  /**
   * How long a call will wait at least, in milliseconds: the whole rounds that `ahead` calls before it take in `sandboxes`
   * sandboxes. 0 while nothing is known.
   */
  expectedWaitMs(ahead: number, sandboxes: number): number {
    if (this.#meanMs === undefined || sandboxes === 0) return 0;
    return Math.floor(ahead / sandboxes) * this.#meanMs;
  }
}
