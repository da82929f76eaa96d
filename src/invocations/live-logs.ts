import { SraasError } from '../errors.ts';
import type { FunctionId, FunctionVersion } from '../functions/function.ts';
import { Follower } from './follower.ts';
import { Narration } from './narration.ts';

interface LiveLogsOptions {
  readonly clock: () => Date;
  /** Most followers at a time, of all functions together. */
  readonly maxFollowers?: number;
  /** Most bytes that wait for one follower. */
  readonly bufferBytes?: number;
  /** Told of each follower, which may hear of invocations elsewhere too. What it returns is called when the follower has gone. */
  readonly onFollow?: (functionId: FunctionId, follower: Pick<Follower, 'push'>) => () => void;
}

/**
 * Who follows the logs of which function, while they are written.
 *
 * - A follower hears of the invocations that begin after it came, each from begin to end.
 * - An invocation that nobody follows costs one look-up, and never waits for anybody who does.
 */
export class LiveLogs {
  readonly #clock: () => Date;
  readonly #maxFollowers: number;
  readonly #bufferBytes: number;
  readonly #onFollow: LiveLogsOptions['onFollow'];
  readonly #followers = new Map<FunctionId, Set<Follower>>();
  #count = 0;
  #closed = false;

  constructor({ clock, maxFollowers = 100, bufferBytes = 1_000_000, onFollow }: LiveLogsOptions) {
    this.#clock = clock;
    this.#maxFollowers = maxFollowers;
    this.#bufferBytes = bufferBytes;
    this.#onFollow = onFollow;
  }

  get followerCount(): number {
    return this.#count;
  }

  /**
   * Follows a function from now on. The follower must be closed when its reader has gone.
   * @throws SraasError TOO_MANY_FOLLOWERS, DRAINING
   */
  follow(functionId: FunctionId): Follower {
    if (this.#closed) throw draining();
    if (this.#count >= this.#maxFollowers) {
      throw new SraasError(
        'TOO_MANY_FOLLOWERS',
        `Logs are followed ${this.#maxFollowers} times already: end one that is not needed, and try again.`,
        { retryAfterSeconds: 5 },
      );
    }
    const followers = this.#followers.get(functionId) ?? new Set();
    const follower = new Follower(this.#bufferBytes, () => {
      followers.delete(follower);
      this.#count--;
      leave?.();
      if (followers.size === 0) this.#followers.delete(functionId);
    });
    followers.add(follower);
    this.#followers.set(functionId, followers);
    this.#count++;
    const leave = this.#onFollow?.(functionId, follower);
    return follower;
  }

  /** Begins to tell of an invocation; undefined when nobody follows its function. */
  narrate(version: FunctionVersion, invocationId: string): Narration | undefined {
    const followers = this.#followers.get(version.functionId);
    if (followers === undefined) return undefined;
    return new Narration({
      invocationId,
      version: version.number,
      logBytes: version.config.limits.logBytes,
      followers: [...followers],
      clock: this.#clock,
    });
  }

  /** The function has been removed: its followers are told so, and nothing more. */
  remove(functionId: FunctionId): void {
    for (const follower of [...(this.#followers.get(functionId) ?? [])]) follower.finish({ type: 'removed' });
  }

  /** The server goes: all followers are told so, and none is taken any more. */
  close(): void {
    this.#closed = true;
    for (const follower of [...this.#followers.values()].flatMap((followers) => [...followers])) {
      follower.finish({ type: 'draining' });
    }
  }
}

function draining(): SraasError {
  return new SraasError('DRAINING', 'The server is shutting down; follow the next one.', { retryAfterSeconds: 5 });
}
