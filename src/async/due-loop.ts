interface DueLoopParts {
  /** Begins what has been due longest; false when there is nothing that may begin now. */
  readonly begin: () => Promise<boolean>;
  /** When something becomes due after this time. */
  readonly nextDue: (after: Date) => Promise<Date | undefined>;
  readonly clock: () => Date;
  /** Told when the store cannot be asked; it is asked again. */
  readonly onFailure: (error: unknown) => void;
}

/** What another server left, or accepted for all, is looked for after so long at most. */
const lookEveryMs = 2000;
const retryStoreMs = 1000;

/** Begins what is due, when it is due, as long as it may: woken when something came or ended, by the clock, and now and then. */
export class DueLoop {
  readonly #parts: DueLoopParts;
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> | undefined;
  #again = false;
  #isOpen = false;

  constructor(parts: DueLoopParts) {
    this.#parts = parts;
  }

  start(): void {
    this.#isOpen = true;
    this.wake();
  }

  /** There may be something to begin. */
  wake(): void {
    if (!this.#isOpen) return;
    this.#again = true;
    this.#looking ??= this.#look().finally(() => {
      this.#looking = undefined;
      // Somebody woke it between its last look and its end.
      if (this.#again) this.wake();
    });
  }

  /** Begins nothing more. Resolves when it does not look any more either. */
  async stop(): Promise<void> {
    this.#isOpen = false;
    this.#again = false;
    clearTimeout(this.#timer);
    await this.#looking;
  }

  async #look(): Promise<void> {
    clearTimeout(this.#timer);
    let againInMs;
    try {
      while (this.#again) {
        this.#again = false;
        while (this.#isOpen && (await this.#parts.begin()));
      }
      againInMs = await this.#untilNextMs();
    } catch (error) {
      this.#again = false;
      againInMs = retryStoreMs;
      this.#parts.onFailure(error);
    }
    if (!this.#isOpen) return;
    this.#timer = setTimeout(() => {
      this.wake();
    }, againInMs);
  }

  async #untilNextMs(): Promise<number> {
    const now = this.#parts.clock();
    const next = await this.#parts.nextDue(now);
    if (next === undefined) return lookEveryMs;
    return Math.min(lookEveryMs, Math.max(1, next.getTime() - now.getTime()));
  }
}
