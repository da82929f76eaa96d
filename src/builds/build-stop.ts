/** Why a build is to end before its time: the first cause wins, and the others find the decision made. */
export class BuildStop {
  readonly #abort = new AbortController();
  readonly #cancelled: AbortSignal;
  readonly #timer: NodeJS.Timeout;
  #isCancel = false;

  /** @param cancelled aborted with a sentence by whoever cancels the build. */
  constructor(cancelled: AbortSignal, timeoutMs: number) {
    this.#cancelled = cancelled;
    this.#timer = setTimeout(() => {
      this.now(`The build took longer than ${timeoutMs / 1000} s.`);
    }, timeoutMs);
    if (cancelled.aborted) this.#onCancel();
    else cancelled.addEventListener('abort', this.#onCancel);
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** The first cause, in a sentence; undefined while there is none. */
  get reason(): string | undefined {
    return this.signal.aborted ? String(this.signal.reason) : undefined;
  }

  get isCancel(): boolean {
    return this.#isCancel;
  }

  now(reason: string): void {
    this.#abort.abort(reason);
  }

  /** The build has ended: nothing stops it any more. */
  release(): void {
    clearTimeout(this.#timer);
    this.#cancelled.removeEventListener('abort', this.#onCancel);
  }

  readonly #onCancel = (): void => {
    this.#isCancel = !this.signal.aborted;
    this.now(String(this.#cancelled.reason));
  };
}
