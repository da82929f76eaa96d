import { setTimeout as delay } from 'node:timers/promises';
import { repeat } from '../repeat.ts';
import type { HistoryStore, PruneRequest } from './history-store.ts';

interface RetentionParts {
  readonly store: Pick<HistoryStore, 'findBoundary' | 'prune'>;
  readonly maxAgeMs: number;
  readonly maxRows: number;
  readonly clock: () => Date;
  readonly onFailure: (message: string, error: unknown) => void;
  readonly sweepEveryMs?: number;
  /** The time that the database is left to others between two batches. */
  readonly pauseMs?: number;
}

const rowsPerBatch = 500;

/**
 * Removes invocations that are too old or too many, in small batches with pauses. What has not reached a terminal state stays,
 * and dead letters go by their age only: other invocations, however many, do not push them out.
 */
export class Retention {
  readonly #parts: RetentionParts;

  constructor(parts: RetentionParts) {
    this.#parts = parts;
  }

  /** Sweeps from time to time. Returns what ends it, which resolves when no batch is under way any more. */
  start(): () => Promise<void> {
    return repeat({
      work: (ending) => this.sweep(ending),
      everyMs: this.#parts.sweepEveryMs ?? 60_000,
      onFailure: (error) => {
        this.#parts.onFailure('Old history could not be removed; it is tried again', error);
      },
    });
  }

  /**
   * Removes all that is too old or too many now.
   * @param ending makes the batch under way the last one when it aborts.
   */
  async sweep(ending?: AbortSignal): Promise<{ readonly removed: number }> {
    const { store, maxAgeMs, maxRows, clock } = this.#parts;
    const endedBefore = new Date(clock().getTime() - maxAgeMs);
    // Whatever ended before a time also came before it, and has a lower id.
    const old = await this.#prune({ upTo: firstIdOf(endedBefore), endedBefore, deadLetters: true }, ending);
    const boundary = await store.findBoundary(maxRows);
    const many = boundary === undefined ? 0 : await this.#prune({ upTo: boundary, deadLetters: false }, ending);
    return { removed: old + many };
  }

  async #prune(stretch: Omit<PruneRequest, 'after' | 'most'>, ending?: AbortSignal): Promise<number> {
    const { store, pauseMs = 20 } = this.#parts;
    let removed = 0;
    let after: string | undefined;
    while (ending?.aborted !== true) {
      const batch = await store.prune({ ...stretch, most: rowsPerBatch, ...(after === undefined ? {} : { after }) });
      removed += batch.removed;
      after = batch.next;
      if (after === undefined) break;
      await delay(pauseMs);
    }
    return removed;
  }
}

/** The lowest id that a request of this millisecond can have: a UUID of version 7 begins with its time (RFC 9562, 5.7). */
function firstIdOf(time: Date): string {
  const hex = Math.max(0, time.getTime()).toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-7000-8000-000000000000`;
}
