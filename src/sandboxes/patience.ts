import { StallWatch } from './stall-watch.ts';

/** How much the newest call counts in the mean: the last dozen decide. */
const weight = 0.15;

/** As long a call may wait for a sandbox that is busy while another one is idle: waking that one costs about as much. */
export const wakePatienceMs = 2;

/** As long calls wait for those that there are before a further one is started: about what a prepared one takes to start. */
export const startPatienceMs = 10;

/**
 * How many times as long a call waits at most while others go on to be served: the host itself may take its time, which more
 * sandboxes would only lengthen; and what was expected of them may be wrong.
 */
const mostTimes = 10;

interface PatienceParts {
  readonly waiting: { readonly length: number; oldestSince(): number | undefined };
  /** How many sandboxes are at work. */
  readonly atWork: () => number;
  /** Called every so often while calls wait: what was worth waiting for may not be any more. */
  readonly onLook: () => void;
}

/**
 * Whether calls do better to wait for the sandboxes that are at work than to get another one. Very short calls do: those that share
 * few sandboxes find their code hot and their processor free, where each further process is one more to switch to.
 */
export class Patience {
  readonly #parts: PatienceParts;
  readonly #stall: StallWatch;
  #meanBusyMs: number | undefined;

  constructor(parts: PatienceParts) {
    this.#parts = parts;
    const isWatching = (): boolean => parts.waiting.length > 0;
    this.#stall = new StallWatch({ everyMs: wakePatienceMs, isWatching, onLook: parts.onLook });
  }

  /** A call has begun to wait. */
  begin(): void {
    this.#stall.begin();
  }

  /**
   * A sandbox has come back.
   * @param busyMs how long its call kept it at work; undefined where nobody can tell.
   */
  returned(busyMs: number | undefined): void {
    this.#stall.moved();
    if (busyMs === undefined) return;
    this.#meanBusyMs =
      this.#meanBusyMs === undefined ? busyMs : this.#meanBusyMs + weight * (busyMs - this.#meanBusyMs);
  }

  /** Whether those that wait, and one more, will have been served within that time. False while nothing is known. */
  lasts(withinMs: number): boolean {
    const { waiting, atWork } = this.#parts;
    if (this.#stall.stalledMs >= withinMs) return false;
    const since = waiting.oldestSince();
    if (since !== undefined && performance.now() - since >= withinMs * mostTimes) return false;
    const sandboxes = atWork();
    if (this.#meanBusyMs === undefined || sandboxes === 0) return false;
    return ((waiting.length + 1) / sandboxes) * this.#meanBusyMs < withinMs;
  }
}
