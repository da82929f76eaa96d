/** How much the newest call counts in the mean: the last dozen decide. */
const weight = 0.15;

/** As long a call may wait for a sandbox that is busy while another one is idle: waking that one costs about as much. */
export const wakePatienceMs = 2;

/** As long calls wait for those that there are before a further one is started: about what a prepared one takes to start. */
export const startPatienceMs = 10;

/**
 * Whether calls do better to wait for the sandboxes that are at work than to get another one. Very short calls do: those that share
 * few sandboxes find their code hot and their processor free, where each further process is one more to switch to.
 */
export class Patience {
  #meanBusyMs: number | undefined;

  /** @param busyMs how long a call kept its sandbox at work; undefined where nobody can tell. */
  note(busyMs: number | undefined): void {
    if (busyMs === undefined) return;
    this.#meanBusyMs =
      this.#meanBusyMs === undefined ? busyMs : this.#meanBusyMs + weight * (busyMs - this.#meanBusyMs);
  }

  /** Whether `calls` are likely to be done by `sandboxes` within that time. False while nothing is known. */
  suffices(calls: number, sandboxes: number, withinMs: number): boolean {
    if (this.#meanBusyMs === undefined || sandboxes === 0) return false;
    return (calls / sandboxes) * this.#meanBusyMs < withinMs;
  }
}
