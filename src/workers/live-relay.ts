import type { FunctionId } from '../functions/function.ts';
import type { Follower } from '../invocations/follower.ts';
import type { LiveEvent } from '../invocations/live-event.ts';
import type { LiveLogs } from '../invocations/live-logs.ts';

interface LiveRelayParts {
  readonly liveLogs: Pick<LiveLogs, 'follow'>;
  /** Rejects when the server has gone. */
  readonly tell: (followId: number, event: LiveEvent) => Promise<void>;
}

/** Tells the server what those who follow there want to hear of this worker's invocations. A server that is slow is waited for, as any reader. */
export class LiveRelay {
  readonly #parts: LiveRelayParts;
  readonly #followers = new Map<number, Follower>();

  constructor(parts: LiveRelayParts) {
    this.#parts = parts;
  }

  /** @throws SraasError TOO_MANY_FOLLOWERS, DRAINING */
  follow(followId: number, functionId: FunctionId): void {
    const follower = this.#parts.liveLogs.follow(functionId);
    this.#followers.set(followId, follower);
    void this.#relay(followId, follower);
  }

  unfollow(followId: number): void {
    this.#followers.get(followId)?.close();
    this.#followers.delete(followId);
  }

  async #relay(followId: number, follower: Follower): Promise<void> {
    try {
      for await (const event of follower) {
        // The server says itself when the function goes, or all.
        if (event.type !== 'removed' && event.type !== 'draining') await this.#parts.tell(followId, event);
      }
    } catch {
      follower.close();
    }
  }
}
