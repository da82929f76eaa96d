/** A pool, as the shared capacity sees it. */
export interface CapacityUser {
  /** The memory limit of each of its sandboxes, in MiB. */
  readonly memoryMb: number;
  /** Whether calls wait in it that no start is under way for. */
  readonly isWaitedFor: boolean;
  /** When its longest idle sandbox became idle, by the monotonic clock; undefined when none is idle and may go. */
  oldestIdleSince(): number | undefined;
  /** Destroys that sandbox, and calls `gone` before its room is given back. */
  evictOldestIdle(gone: () => void): void;
  /** Starts what its waiting calls need, as far as there is room. */
  advance(): void;
}

/**
 * The number of sandboxes that all pools together may have, and the sum of their memory limits. When it is used up, the sandbox
 * that has been idle longest makes room, whoever it belongs to; a busy one never does.
 *
 * Memory that becomes free is kept for the pool that was refused it first, as long as calls wait there: a big sandbox would wait
 * for ever while small ones take each gap before it is large enough.
 */
export class Capacity {
  readonly #max: number;
  readonly #maxMemoryMb: number;
  readonly #users = new Set<CapacityUser>();
  #taken = 0;
  #takenMemoryMb = 0;
  #evicting = false;
  /** The first that was refused for its memory. */
  #next: CapacityUser | undefined;

  constructor(max: number, maxMemoryMb = Infinity) {
    this.#max = max;
    this.#maxMemoryMb = maxMemoryMb;
  }

  get taken(): number {
    return this.#taken;
  }

  join(user: CapacityUser): void {
    this.#users.add(user);
  }

  leave(user: CapacityUser): void {
    this.#users.delete(user);
    if (this.#next === user) this.#next = undefined;
  }

  /**
   * Takes room for one sandbox. When there is none, the longest idle one is sent away: its room is free when it has gone, and
   * every pool is asked to advance then. A sandbox that nobody waits for sends no other away.
   */
  tryTake(user: CapacityUser, isWaitedFor = true): boolean {
    const { memoryMb } = user;
    const memoryFits = this.#takenMemoryMb + memoryMb + this.#keptFrom(user) <= this.#maxMemoryMb;
    if (this.#taken < this.#max && memoryFits) {
      this.#taken++;
      this.#takenMemoryMb += memoryMb;
      if (this.#next === user) this.#next = undefined;
      return true;
    }
    if (!memoryFits && isWaitedFor && memoryMb <= this.#maxMemoryMb) this.#next ??= user;
    // One at a time: a busy sandbox of the same version often becomes free sooner than another's room does.
    if (this.#evicting || !isWaitedFor || memoryMb > this.#maxMemoryMb) return false;
    let oldest: { user: CapacityUser; since: number } | undefined;
    for (const other of this.#users) {
      const since = other.oldestIdleSince();
      if (since !== undefined && (oldest === undefined || since < oldest.since)) oldest = { user: other, since };
    }
    if (oldest === undefined) return false;
    this.#evicting = true;
    oldest.user.evictOldestIdle(() => {
      this.#evicting = false;
    });
    return false;
  }

  /** Gives back what `tryTake` took for one sandbox. */
  giveBack(giver: CapacityUser): void {
    this.#taken--;
    this.#takenMemoryMb -= giver.memoryMb;
    // Set order is the order of joining; a user that advances goes last next time, so that nobody starves.
    for (const user of [...this.#users]) {
      if (this.#taken >= this.#max) return;
      const before = this.#taken;
      user.advance();
      if (this.#taken !== before) {
        this.#users.delete(user);
        this.#users.add(user);
      }
    }
  }

  /** The memory that is kept for another than `user`. */
  #keptFrom(user: CapacityUser): number {
    if (this.#next?.isWaitedFor === false) this.#next = undefined;
    return this.#next === undefined || this.#next === user ? 0 : this.#next.memoryMb;
  }
}
