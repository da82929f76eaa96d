import { repeat } from '../repeat.ts';
import type { IdempotencyStore } from './idempotency-store.ts';

interface ExpiredKeysParts {
  readonly store: Pick<IdempotencyStore, 'prune'>;
  readonly clock: () => Date;
  readonly everyMs: number;
  readonly onFailure: (message: string, error: unknown) => void;
}

/** Few enough that other writes do not wait for them noticeably. */
const batch = 500;

/** Removes the keys whose time is over, now and then, in batches. Returns what ends it. */
export function removeExpiredKeys({ store, clock, everyMs, onFailure }: ExpiredKeysParts): () => Promise<void> {
  return repeat({
    work: async (ending) => {
      while (!ending.aborted && (await store.prune(clock(), batch)) >= batch);
    },
    everyMs,
    onFailure: (error) => {
      onFailure('Expired idempotency keys could not be removed', error);
    },
  });
}
