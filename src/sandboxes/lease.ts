import type { PooledSandbox } from './pooled-sandbox.ts';
import type { Finished } from './sandbox.ts';

/** What a call gets from the pool: a sandbox that is ready, or the news of how loading its handler ended. */
export type Lease =
  | { readonly kind: 'sandbox'; readonly sandbox: PooledSandbox; readonly coldStart: boolean; readonly queueMs: number }
  | { readonly kind: 'not_loaded'; readonly finished: Finished; readonly initMs: number; readonly queueMs: number };
