import type { Cancellation } from '../cancellation.ts';
import { draining } from '../errors.ts';
import type { FunctionId, FunctionVersion } from '../functions/function.ts';
import { Capacity } from './capacity.ts';
import { censusOf, type SandboxCensus } from './census.ts';
import { type Egress, requireEgress } from './egress.ts';
import type { Launcher } from './launcher.ts';
import type { Leftovers } from './leftovers.ts';
import type { Lease } from './lease.ts';
import { Pool } from './pool.ts';
import type { PreparedSandboxes } from './prepared.ts';
import type { Started } from './started.ts';
import type { Starter } from './starter.ts';
import { WaitingTogether } from './waiting-calls.ts';
import { runtimeOf, type Workload } from './workload.ts';

const sweepEveryMs = 1000;
const retryLeftoversEveryMs = 30_000;

export interface PoolsOptions {
  readonly launcher: Pick<Launcher, 'isLive'>;
  readonly starter: Starter;
  readonly prepared: PreparedSandboxes;
  readonly leftovers: Leftovers;
  readonly maxSandboxes: number;
  /** Most memory that the limits of all sandboxes may add up to, in MiB. */
  readonly maxMemoryMb: number;
  readonly idleMs: number;
  readonly pauseAfterMs: number;
  readonly maxWaiting: number;
  readonly maxWaitMs: number;
  /** Most calls that wait in all pools together. */
  readonly maxWaitingTogether: number;
  /** Undefined where no sandbox gets a network. */
  readonly egress?: Egress | undefined;
  readonly onFailure: (message: string, error: unknown) => void;
}

/** A lease and the pool to give it back to. */
export interface Loan {
  readonly lease: Lease;
  /** Must be called once the call has ended, whatever happened. */
  release(): void;
}

/** All pools, one per version in use, and what is shared between them. The door of this room. */
export class Pools {
  readonly #options: PoolsOptions;
  readonly #capacity: Capacity;
  readonly #pools = new Map<string, Pool>();
  /** Pools whose runtime got another image, until their last call has ended. */
  readonly #departing = new Set<Pool>();
  readonly #waitingTogether: WaitingTogether;
  readonly #closing = new AbortController();
  #timers: NodeJS.Timeout[] = [];

  constructor(options: PoolsOptions) {
    this.#options = options;
    this.#capacity = new Capacity(options.maxSandboxes, options.maxMemoryMb);
    this.#waitingTogether = new WaitingTogether(options.maxWaitingTogether);
  }

  /** Removes what an earlier run left behind, then keeps house. */
  async open(): Promise<number> {
    const removed = await this.#sweepLeftovers();
    this.#timers = [
      setInterval(() => {
        this.#sweep();
      }, sweepEveryMs),
      setInterval(() => {
        void this.#retryLeftovers();
      }, retryLeftoversEveryMs),
    ];
    for (const timer of this.#timers) timer.unref();
    return removed;
  }

  /** The functions that there are pools of. */
  functions(): readonly { readonly id: FunctionId; readonly name: string }[] {
    const names = new Map<FunctionId, string>();
    for (const { version } of this.#pools.values()) names.set(version.functionId, version.functionName);
    return [...names].map(([id, name]) => ({ id, name }));
  }

  get sandboxCount(): number {
    return this.#capacity.taken;
  }

  /** What the sandboxes of all pools are at, and how many containers are prepared. */
  census(): SandboxCensus & { readonly prepared: number } {
    const each = [...this.#pools.values(), ...this.#departing].map((pool) => pool.census());
    return { ...censusOf(each), prepared: this.#options.prepared.count };
  }

  /**
   * A sandbox for one call.
   * @throws SraasError QUEUE_FULL, QUEUE_TIMEOUT, DRAINING, EGRESS_UNAVAILABLE, NETWORK_NOT_ALLOWED, and what a start can fail with; the signal's reason when it aborts.
   */
  async borrow(workload: Workload, signal: Cancellation): Promise<Loan> {
    // Also for sandboxes that run already: a network whose filter is not seen is not used.
    if (workload.version.config.network === 'egress') await requireEgress(this.#options.egress).confirm();
    const pool = this.#poolOf(workload);
    const lease = await pool.acquire(signal);
    return {
      lease,
      release: () => {
        if (lease.kind === 'sandbox') pool.release(lease.sandbox);
      },
    };
  }

  /** Gets ready for a version's first calls: what it wants to have without calls, and prepared containers of its kind. */
  warm(workload: Workload): void {
    const { entry, config } = workload.version;
    // What has no handler has no shim either that could wait for its code.
    if (entry !== undefined) this.#options.prepared.want(runtimeOf(workload.version), config.limits, config.network);
    if (this.#closing.signal.aborted) return;
    // Retired when no calls were to come any more, which has turned out otherwise.
    this.#pools.get(keyOf(workload))?.readmit();
    if (workload.version.config.concurrency.warmMin > 0) this.#poolOf(workload).keepWarm();
  }

  /** Lets the sandboxes of a function go, but for those of some versions: calls that have come already still end. */
  retire(functionId: FunctionId, exceptVersions: readonly number[] = []): void {
    for (const pool of [...this.#pools.values()]) {
      const { version } = pool;
      if (version.functionId === functionId && !exceptVersions.includes(version.number)) pool.retire();
    }
  }

  /**
   * Renews the sandboxes that were started from a runtime's former image. Resolves when no prepared container of it is left.
   */
  async renew(runtime: string): Promise<void> {
    const renewed = this.#options.prepared.renew(runtime);
    this.renewThose((version) => runtimeOf(version) === runtime);
    await renewed;
  }

  /**
   * Lets the sandboxes of some versions go, as those that are started from now on differ from them. Calls that have come already
   * still end on the old ones; calls from now on get new ones.
   */
  renewThose(isMeant: (version: FunctionVersion) => boolean): void {
    for (const [key, pool] of [...this.#pools]) {
      if (!isMeant(pool.version)) continue;
      const { workload, isKeptWarm } = pool;
      this.#pools.delete(key);
      this.#departing.add(pool);
      pool.retire();
      if (isKeptWarm && !this.#closing.signal.aborted) this.#poolOf(workload).keepWarm();
    }
  }

  /** Cancels what runs, and removes every sandbox. */
  async close(): Promise<void> {
    this.#closing.abort();
    for (const timer of this.#timers) clearInterval(timer);
    await Promise.all([...this.#pools.values(), ...this.#departing].map((pool) => pool.destroy(draining())));
    await this.#options.prepared.close();
    await this.#retryLeftovers();
  }

  #poolOf(workload: Workload): Pool {
    if (this.#closing.signal.aborted) throw draining();
    const key = keyOf(workload);
    let pool = this.#pools.get(key);
    if (pool === undefined) {
      pool = new Pool({
        workload,
        capacity: this.#capacity,
        start: (wanted) => this.#start(wanted),
        maxWaiting: this.#options.maxWaiting,
        maxWaitMs: this.#options.maxWaitMs,
        waitingTogether: this.#waitingTogether,
        onEmpty: () => {
          if (pool !== undefined) this.#departing.delete(pool);
          if (this.#pools.get(key) === pool) this.#pools.delete(key);
        },
      });
      this.#pools.set(key, pool);
    }
    return pool;
  }

  async #start(workload: Workload): Promise<Started> {
    try {
      return await this.#options.starter.start(workload, this.#closing.signal);
    } catch (error) {
      this.#options.onFailure(`A sandbox for ${workload.version.functionName} could not be started`, error);
      throw error;
    }
  }

  #sweep(): void {
    const now = performance.now();
    for (const pool of [...this.#pools.values()]) {
      pool.expire(now - this.#options.idleMs);
      pool.pauseIdle(now - this.#options.pauseAfterMs);
      if (pool.isUnused) pool.retire();
      else pool.advance();
    }
    for (const pool of this.#departing) pool.advance();
    this.#options.prepared.fill();
  }

  /** An engine that is away is no reason not to start: its leftovers go as soon as it is back. */
  async #sweepLeftovers(): Promise<number> {
    try {
      return await this.#options.leftovers.sweep();
    } catch (error) {
      this.#options.onFailure('Leftover sandboxes could not be removed yet', error);
      return 0;
    }
  }

  async #retryLeftovers(): Promise<void> {
    const { leftovers, launcher, onFailure } = this.#options;
    try {
      await leftovers.retry((sandboxId) => launcher.isLive(sandboxId));
    } catch (error) {
      onFailure('Leftover sandboxes could not be looked for', error);
    }
  }
}

function keyOf({ version: { functionId, number } }: Workload): string {
  return `${functionId}@${number}`;
}
