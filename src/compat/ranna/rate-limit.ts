interface RateLimitOptions {
  /** Most at once; 0 for no limit. */
  readonly burst: number;
  /** The time after which there is one more. */
  readonly refillMs: number;
  /** The time now, in milliseconds of any clock that does not go back. */
  readonly now?: () => number;
}

interface Bucket {
  readonly tokens: number;
  readonly at: number;
}

/** More than that many clients are not told apart in memory: the one that was seen longest ago is forgotten. */
const mostClients = 10_000;

/** How often each client may do something: so many times at once, and once more after each while. */
export class RateLimit {
  readonly #options: RateLimitOptions;
  readonly #buckets = new Map<string, Bucket>();

  constructor(options: RateLimitOptions) {
    this.#options = options;
  }

  /** Whether a client may now; if so, it has. */
  take(client: string): boolean {
    const { burst, refillMs, now = () => performance.now() } = this.#options;
    if (burst === 0) return true;
    const at = now();
    const bucket = this.#buckets.get(client) ?? { tokens: burst, at };
    const tokens = Math.min(burst, bucket.tokens + (at - bucket.at) / refillMs);
    const isTaken = tokens >= 1;
    // Set anew, so that the first in the map is the one seen longest ago.
    this.#buckets.delete(client);
    this.#buckets.set(client, { tokens: isTaken ? tokens - 1 : tokens, at });
    const [oldest] = this.#buckets.keys();
    if (this.#buckets.size > mostClients && oldest !== undefined) this.#buckets.delete(oldest);
    return isTaken;
  }
}
