import type { RunningInvocation } from './in-flight.ts';

/** The invocations that other processes of this server run. */
export interface Elsewhere {
  running(): Promise<readonly RunningInvocation[]>;
  /** As `InFlight.cancel`. */
  cancel(invocationId: string): Promise<boolean>;
  /** Resolves when those that had ended are in the store, as far as can be. Never rejects. */
  flushHistory(): Promise<void>;
}
