interface StallWatchParts {
  readonly everyMs: number;
  /** Whether anybody waits. */
  readonly isWatching: () => boolean;
  readonly onLook: () => void;
}

/**
 * Tells for how long nothing has come back while calls waited. It looks when all that had arrived by then has been taken: on a host
 * that is busy itself, what it has not come to read yet is no fault of the sandboxes.
 */
export class StallWatch {
  readonly #parts: StallWatchParts;
  #isArmed = false;
  #lookedAt = 0;
  #hasMoved = false;
  #stalledMs = 0;

  constructor(parts: StallWatchParts) {
    this.#parts = parts;
  }

  /** Milliseconds up to the last look; 0 when something has come back since. */
  get stalledMs(): number {
    return this.#stalledMs;
  }

  /** Something has come back. */
  moved(): void {
    this.#hasMoved = true;
    this.#stalledMs = 0;
  }

  /** Looks from now on, while anybody waits. */
  begin(): void {
    if (this.#isArmed || !this.#parts.isWatching()) return;
    this.#isArmed = true;
    this.#lookedAt = performance.now();
    this.#hasMoved = false;
    // The first immediate comes behind what was there to be read when the timer fired, the second behind what others do about that
    // in immediates of their own. Source: Node's event loop, poll before check.
    setTimeout(() => setImmediate(() => setImmediate(this.#look)), this.#parts.everyMs).unref();
  }

  readonly #look = (): void => {
    this.#isArmed = false;
    const { everyMs, isWatching, onLook } = this.#parts;
    // A timer counts from when its turn of the event loop began, and may so come a little early.
    if (!this.#hasMoved) this.#stalledMs += Math.max(everyMs, performance.now() - this.#lookedAt);
    onLook();
    if (!isWatching()) this.#stalledMs = 0;
    this.begin();
  };
}
