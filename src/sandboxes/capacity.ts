/** A pool, as the shared capacity sees it. */
export interface CapacityUser {
  /** When its longest idle sandbox became idle, by the monotonic clock; undefined when none is idle and may go. */
  oldestIdleSince(): number | undefined;
  /** Destroys that sandbox, and calls `gone` before its room is given back. */
  evictOldestIdle(gone: () => void): void;
  /** Starts what its waiting calls need, as far as there is room. */
  advance(): void;
}

/**
 * The number of sandboxes that all pools together may have, and the sum of their memory limits. When it is used up, the sandbox that has been idle longest makes
 * room, whoever it belongs to; a busy one never does.
 */
export class Capacity {
  readonly #max: number;
  readonly #maxMemoryMb: number;
  readonly #users = new Set<CapacityUser>();
  #taken = 0;
  #takenMemoryMb = 0;
  #evicting = false;

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
  }

  /**
   * Takes room for one sandbox. When there is none, the longest idle one is sent away: its room is free when it has gone, and
   * every pool is asked to advance then. A sandbox that nobody waits for sends no other away.
   */
  tryTake(memoryMb = 0, isWaitedFor = true): boolean {
    if (this.#taken < this.#max && this.#takenMemoryMb + memoryMb <= this.#maxMemoryMb) {
      this.#taken++;
      this.#takenMemoryMb += memoryMb;
      return true;
    }
    // One at a time: a busy sandbox of the same version often becomes free sooner than another's room does.
    if (this.#evicting || !isWaitedFor || memoryMb > this.#maxMemoryMb) return false;
    let oldest: { user: CapacityUser; since: number } | undefined;
    for (const user of this.#users) {
      const since = user.oldestIdleSince();
      if (since !== undefined && (oldest === undefined || since < oldest.since)) oldest = { user, since };
    }
    if (oldest === undefined) return false;
    this.#evicting = true;
    oldest.user.evictOldestIdle(() => {
      this.#evicting = false;
    });
    return false;
  }

  /** @param memoryMb What was taken. */
  giveBack(memoryMb = 0): void {
    this.#taken--;
    this.#takenMemoryMb -= memoryMb;
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
}
