import type { PooledSandbox } from './pooled-sandbox.ts';
import type { Finished } from './sandbox.ts';

/** How a sandbox's start ended: loaded or not, it comes with the sandbox, which must be destroyed when it is not ready. */
export interface Started {
  readonly sandbox: PooledSandbox;
  /** How loading the handler ended; left out where there was nothing to load, and the sandbox is ready. */
  readonly finished?: Finished;
}
