import { SraasError } from '../errors.ts';

/**
 * Hands out user ids so that no two live sandboxes share one: the kernel keeps quotas such as inotify instances, pending
 * signals and pipe memory per user id, across container walls.
 */
export class UidAllocator {
  readonly #first: number;
  readonly #size: number;
  readonly #inUse = new Set<number>();
  #next: number;

  /** @param first Lowest id, inclusive. @param last Highest id, inclusive. */
  constructor(first: number, last: number) {
    this.#first = first;
    this.#size = last - first + 1;
    // Another server on this machine draws from the same range: a start of its own keeps the two apart.
    this.#next = Math.floor(Math.random() * this.#size);
  }

  /** @throws SraasError SANDBOX_START_FAILED when every id has an owner. */
  take(): number {
    if (this.#inUse.size >= this.#size) {
      throw new SraasError(
        'SANDBOX_START_FAILED',
        'No user id is free for another sandbox; try again shortly, or let an operator widen --first-uid and --last-uid.',
        { retryAfterSeconds: 5 },
      );
    }
    for (;;) {
      const uid = this.#first + this.#next;
      this.#next = (this.#next + 1) % this.#size;
      if (this.#inUse.has(uid)) continue;
      this.#inUse.add(uid);
      return uid;
    }
  }

  giveBack(uid: number): void {
    this.#inUse.delete(uid);
  }
}
