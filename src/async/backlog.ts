import { SraasError } from '../errors.ts';
import type { WorkStore } from './work-store.ts';

interface BacklogParts {
  readonly store: Pick<WorkStore, 'countWaiting'>;
  /** Most invocations that wait or run. */
  readonly most: number;
}

/** Ends that happened elsewhere, on another server or by a removal, are noticed after so long. */
const recountAfterMs = 1000;

/**
 * Keeps the queue of async invocations bounded. The store is counted seldom: between, this server's own are added and taken
 * away. So the bound holds exactly with one server, and about with several.
 */
export class Backlog {
  readonly #parts: BacklogParts;
  #known = 0;
  #countedAt = -Infinity;
  #counting: Promise<void> | undefined;

  constructor(parts: BacklogParts) {
    this.#parts = parts;
  }

  /**
   * Adds one, for which `accept` then makes room in the store.
   * @throws SraasError QUEUE_FULL, and what `accept` or the store throws; then nothing was added.
   */
  async add<T>(accept: () => Promise<T>): Promise<T> {
    if (this.#known >= this.#parts.most || this.#countedAt === -Infinity) await this.#recount();
    if (this.#known >= this.#parts.most) {
      throw new SraasError('QUEUE_FULL', 'Too many asynchronous invocations wait already; try again later.', {
        retryAfterSeconds: 5,
      });
    }
    this.#known++;
    try {
      return await accept();
    } catch (error) {
      this.#known--;
      throw error;
    }
  }

  /** So many of them have ended here. */
  ended(count = 1): void {
    this.#known = Math.max(0, this.#known - count);
  }

  /** Not for each that is refused: counting takes longer than refusing. */
  async #recount(): Promise<void> {
    if (performance.now() - this.#countedAt < recountAfterMs) return;
    this.#counting ??= this.#count().finally(() => {
      this.#counting = undefined;
    });
    await this.#counting;
  }

  async #count(): Promise<void> {
    const before = this.#known;
    const counted = await this.#parts.store.countWaiting();
    // What came or went meanwhile may be in the count already: too many is mended by the next count.
    this.#known = counted + Math.max(0, this.#known - before);
    this.#countedAt = performance.now();
  }
}
