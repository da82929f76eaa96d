import type { FunctionId } from '../functions/function.ts';

/** No function takes more of the slots, so that a slow one never takes them all. */
const largestShare = 0.75;

interface Share {
  running: number;
  most: number;
}

/** Counts the runs under way: all of them, and those of each function. */
export class Slots {
  readonly #most: number;
  readonly #shares = new Map<FunctionId, Share>();
  #taken = 0;

  constructor(most: number) {
    this.#most = most;
  }

  get hasRoom(): boolean {
    return this.#taken < this.#most;
  }

  /** Functions that may not begin another one now. */
  get full(): readonly FunctionId[] {
    return [...this.#shares].filter(([, { running, most }]) => running >= most).map(([id]) => id);
  }

  /**
   * @param mostOfOne The most runs that the function may have, the most sandboxes of its version for example: what goes beyond
   * would only wait for them.
   * @returns what gives the slot back.
   */
  take(functionId: FunctionId, mostOfOne: number): () => void {
    const most = Math.min(mostOfOne, Math.max(1, Math.ceil(this.#most * largestShare)));
    const share = this.#shares.get(functionId) ?? { running: 0, most };
    share.running++;
    share.most = most;
    this.#taken++;
    this.#shares.set(functionId, share);
    return () => {
      share.running--;
      this.#taken--;
      if (share.running === 0) this.#shares.delete(functionId);
    };
  }
}
