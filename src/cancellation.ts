/**
 * Says whether something is still wanted. An `AbortSignal` is one; a {@link Canceller} is another, for what happens so often that
 * a platform event would cost more than the work: those take some microseconds to make, to listen to and to leave.
 */
export interface Cancellation {
  readonly aborted: boolean;
  /** Why it is no longer wanted; undefined until then. */
  readonly reason: unknown;
  /** Throws the reason once aborted. */
  throwIfAborted(): void;
  addEventListener(type: 'abort', listener: () => void, options?: { readonly once?: boolean }): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}

/** A cancellation that its owner can bring about. Each listener is called once at most. */
export class Canceller implements Cancellation {
  #aborted = false;
  #reason: unknown;
  /** One at a time listens as a rule. */
  #listeners: (() => void)[] = [];

  get aborted(): boolean {
    return this.#aborted;
  }

  get reason(): unknown {
    return this.#reason;
  }

  throwIfAborted(): void {
    if (this.#aborted) throw this.#reason;
  }

  addEventListener(_type: 'abort', listener: () => void): void {
    if (!this.#aborted) this.#listeners.push(listener);
  }

  removeEventListener(_type: 'abort', listener: () => void): void {
    const index = this.#listeners.indexOf(listener);
    if (index >= 0) this.#listeners.splice(index, 1);
  }

  /** Does nothing the second time. */
  abort(reason: unknown): void {
    if (this.#aborted) return;
    this.#aborted = true;
    this.#reason = reason;
    const listeners = this.#listeners;
    this.#listeners = [];
    for (const listener of listeners) listener();
  }
}

/** The same for those who take nothing but a platform signal. */
export function abortSignalOf(cancellation: Cancellation): AbortSignal {
  if (cancellation instanceof AbortSignal) return cancellation;
  const controller = new AbortController();
  const abort = (): void => {
    controller.abort(cancellation.reason);
  };
  if (cancellation.aborted) abort();
  else cancellation.addEventListener('abort', abort, { once: true });
  return controller.signal;
}
