import type { Call, Finished, SandboxState } from './sandbox.ts';

/** What a pool keeps, lends and lets go: a container with a shim that serves calls in turn, or one that serves a single call. */
export interface PooledSandbox {
  readonly id: string;
  readonly state: SandboxState;
  /** Called when it dies, or misbehaves, while it is not working for anybody. */
  onLost: () => void;
  /** Milliseconds from the wish for a sandbox to its being ready. */
  readonly initMs: number;
  /** When it last became ready, by the monotonic clock in milliseconds. */
  readonly idleSince: number;
  readonly isPaused: boolean;
  /** How long its last call kept it at work, in milliseconds; undefined where that cannot be told. */
  readonly lastBusyMs: number | undefined;
  /** Serves one call. Only while it is `ready`; how it ended is in what it resolves with. */
  invoke(call: Call): Promise<Finished>;
  pause(): void;
  /** False when it is of no more use; it must be destroyed then. */
  wake(): Promise<boolean>;
  /** Idempotent; resolves when nothing is left of it. */
  destroy(): Promise<void>;
}
