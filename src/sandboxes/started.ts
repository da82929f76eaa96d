import type { Finished, Sandbox } from './sandbox.ts';

/** How a sandbox's start ended: loaded or not, it comes with the sandbox, which must be destroyed when it is not loaded. */
export interface Started {
  readonly sandbox: Sandbox;
  readonly finished: Finished;
}
