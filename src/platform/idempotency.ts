import { removeExpiredKeys } from '../idempotency/expired-keys.ts';
import type { IdempotencyStore } from '../idempotency/idempotency-store.ts';
import { KeyedRequests } from '../idempotency/keyed-requests.ts';
import type { Runs } from './servers.ts';
import type { Surroundings } from './surroundings.ts';

const pruneEveryMs = 60_000;
const settleMs = 5000;

/** Requests with idempotency keys, and the end of keys whose time is over. */
export function openKeyedRequests(
  { config, clock, onStop, onFailure }: Surroundings,
  store: IdempotencyStore,
  { runId, isRunning }: Runs,
): KeyedRequests {
  onStop(removeExpiredKeys({ store, clock, everyMs: pruneEveryMs, onFailure }));
  const keyed = new KeyedRequests({
    store,
    runId,
    isRunning,
    ttlMs: config.idempotencyTtlMs,
    clock,
    onFailure,
  });
  // What a client left behind may have ended only now, and its answer is to be kept before the store closes.
  onStop(() => keyed.settled(settleMs));
  return keyed;
}
