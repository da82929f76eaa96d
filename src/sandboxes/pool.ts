import type { Cancellation } from '../cancellation.ts';
import type { SraasError } from '../errors.ts';
import type { FunctionVersion } from '../functions/function.ts';
import type { Capacity, CapacityUser } from './capacity.ts';
import type { SandboxCensus } from './census.ts';
import type { PooledSandbox } from './pooled-sandbox.ts';
import { HoldTimes } from './hold-times.ts';
import type { Lease } from './lease.ts';
import { Patience, startPatienceMs, wakePatienceMs } from './patience.ts';
import { PoolStarts } from './pool-starts.ts';
import { requirePlace } from './queue-place.ts';
import type { Started } from './started.ts';
import { WaitingCalls, type WaitingTogether } from './waiting-calls.ts';
import type { Workload } from './workload.ts';

export interface PoolOptions {
  readonly workload: Workload;
  readonly capacity: Capacity;
  /** Rejects with a SraasError when the platform could not start a sandbox. */
  readonly start: (workload: Workload) => Promise<Started>;
  readonly maxWaiting: number;
  readonly maxWaitMs: number;
  /** The bound that this pool's queue shares with all others. */
  readonly waitingTogether?: WaitingTogether;
  /** Called when the pool is retired and its last sandbox has gone. */
  readonly onEmpty: () => void;
}

/**
 * The sandboxes of one version, and the calls that wait for one.
 *
 * - A call gets a ready sandbox if there is one, else one is started for it, up to `concurrency.max` and the shared capacity;
 *   else it waits in a bounded queue. Very short calls rather wait some milliseconds for one that is at work.
 * - A sandbox that comes back is given to the next call, or kept, or destroyed: when it is not `ready`, when the version's
 *   isolation is `fresh`, when the pool has been retired.
 * - A start that fails is told to the call that has waited longest. While loading the handler keeps failing, starts back off,
 *   and calls in between are told of the last failure at once.
 */
export class Pool implements CapacityUser {
  readonly #options: PoolOptions;
  /** Ready sandboxes; the last one was used last, and is used next, so that the others grow old. */
  readonly #idle: PooledSandbox[] = [];
  readonly #live = new Set<PooledSandbox>();
  readonly #waiting: WaitingCalls;
  readonly #holdTimes = new HoldTimes();
  readonly #patience: Patience;
  /** Idle ones that were paused, and are being woken for calls that wait. */
  #waking = 0;
  readonly #starts: PoolStarts;
  readonly #departures = new Set<Promise<void>>();
  #retired = false;
  #destroyed = false;
  #keepsWarm = false;

  constructor(options: PoolOptions) {
    this.#options = options;
    const { maxWaiting: maxLength, maxWaitMs, waitingTogether: together } = options;
    this.#waiting = new WaitingCalls({
      maxLength,
      maxWaitMs,
      ...(together === undefined ? {} : { together }),
      // The last one to leave a retired pool turns off the light.
      onLeft: () => {
        this.#leaveIfEmpty();
      },
    });
    this.#patience = new Patience({
      waiting: this.#waiting,
      atWork: () => this.#live.size - this.#idle.length,
      onLook: () => {
        this.#offerIdle();
        this.advance();
      },
    });
    this.#starts = new PoolStarts({
      start: () => options.start(options.workload),
      onReady: (sandbox) => {
        this.#live.add(sandbox);
        sandbox.onLost = () => {
          this.#dismiss(sandbox);
        };
        this.#offer(sandbox, true);
      },
      onNotLoaded: (sandbox, finished) => {
        this.#live.add(sandbox);
        this.#waiting.serve((queueMs) => ({ kind: 'not_loaded', finished, initMs: sandbox.initMs, queueMs }));
        this.#dismiss(sandbox);
      },
      onFailed: (error) => {
        this.#waiting.fail(error);
        options.capacity.giveBack(this);
        this.#leaveIfEmpty();
      },
    });
    options.capacity.join(this);
  }

  get version(): FunctionVersion {
    return this.#options.workload.version;
  }

  get workload(): Workload {
    return this.#options.workload;
  }

  /** Whether it wants sandboxes also without calls. */
  get isKeptWarm(): boolean {
    return this.#keepsWarm && !this.#retired;
  }

  /**
   * @throws SraasError QUEUE_FULL at once when too many wait, or so many that this one's turn would not come in time;
   * QUEUE_TIMEOUT, and what a start can fail with.
   */
  async acquire(signal: Cancellation): Promise<Lease> {
    signal.throwIfAborted();
    if (this.#isPatient(wakePatienceMs) && !this.#waiting.isFull(0)) return await this.#wait(signal);
    const began = performance.now();
    for (let sandbox = this.#idle.pop(); sandbox !== undefined; sandbox = this.#idle.pop()) {
      if (!sandbox.isPaused) return this.#lend(sandbox, false, 0);
      if (await this.#wake(sandbox, signal)) return this.#lend(sandbox, false, performance.now() - began);
    }
    const { lastFailure: finished, isBackingOff } = this.#starts;
    if (finished !== undefined && this.#live.size === 0 && isBackingOff) {
      return { kind: 'not_loaded', finished, initMs: 0, queueMs: 0 };
    }
    requirePlace({
      waiting: this.#waiting,
      holdTimes: this.#holdTimes,
      live: this.#live.size,
      soon: this.#starts.count + this.#room(),
      maxWaitMs: this.#options.maxWaitMs,
    });
    return await this.#wait(signal);
  }

  #wait(signal: Cancellation): Promise<Lease> {
    const lease = this.#waiting.wait(signal);
    this.advance();
    this.#patience.begin();
    return lease;
  }

  #lend(sandbox: PooledSandbox, coldStart: boolean, queueMs: number): Lease {
    this.#holdTimes.begin(sandbox);
    return { kind: 'sandbox', sandbox, coldStart, queueMs };
  }

  /** Whether the calls that wait, and one more, do better to wait for the sandboxes that are at work. */
  #isPatient(withinMs: number): boolean {
    return this.#reuses && this.#patience.lasts(withinMs);
  }

  /** To those who have waited long enough. */
  #offerIdle(): void {
    while (this.#waiting.length > this.#waking && !this.#isPatient(wakePatienceMs)) {
      const sandbox = this.#idle.pop();
      if (sandbox === undefined) return;
      if (sandbox.isPaused) void this.#wakeForAnybody(sandbox);
      else this.#offer(sandbox, false);
    }
  }

  async #wakeForAnybody(sandbox: PooledSandbox): Promise<void> {
    this.#waking++;
    const awake = await sandbox.wake();
    this.#waking--;
    if (awake) this.#offer(sandbox, false);
    else this.#dismiss(sandbox);
  }

  /** Takes a sandbox back after a call. */
  release(sandbox: PooledSandbox): void {
    this.#holdTimes.end(sandbox);
    this.#patience.returned(sandbox.lastBusyMs);
    if (sandbox.state !== 'ready' || !this.#reuses) this.#dismiss(sandbox);
    else this.#offer(sandbox, false);
  }

  /** Keeps `warm_min` sandboxes from now on, until it is retired: for the version that calls without a number mean. */
  keepWarm(): void {
    this.#keepsWarm = true;
    this.advance();
  }

  /** Starts sandboxes for the calls that wait and for `warm_min`. */
  advance(): void {
    for (;;) {
      const { isWaitedFor } = this;
      if (this.#room() <= 0 || !(isWaitedFor || this.#wantsWarmth())) return;
      if (!this.#options.capacity.tryTake(this, isWaitedFor)) return;
      this.#starts.begin();
    }
  }

  get memoryMb(): number {
    return this.version.config.limits.memoryMb;
  }

  get isWaitedFor(): boolean {
    const soonServed = this.#idle.length + this.#waking + this.#starts.count;
    return this.#waiting.length > soonServed && !this.#isPatient(startPatienceMs);
  }

  oldestIdleSince(): number | undefined {
    return this.#idle[0]?.idleSince;
  }

  evictOldestIdle(gone?: () => void): void {
    const sandbox = this.#idle.shift();
    if (sandbox !== undefined) this.#dismiss(sandbox, gone);
  }

  /** Destroys what has been idle since before `time`, but for the `warm_min` used last. */
  expire(time: number): void {
    while (this.#live.size > (this.#keepsWarm ? this.version.config.concurrency.warmMin : 0)) {
      const since = this.oldestIdleSince();
      if (since === undefined || since >= time) return;
      this.evictOldestIdle();
    }
  }

  /** Pauses what has been idle since before `time`. */
  pauseIdle(time: number): void {
    for (const sandbox of this.#idle) if (sandbox.idleSince < time) sandbox.pause();
  }

  /** No new calls come from now on: idle sandboxes go, waiting calls are still served, busy ones end. */
  retire(): void {
    this.#retired = true;
    while (this.#idle.length > 0) this.evictOldestIdle();
    this.#leaveIfEmpty();
  }

  /** Takes a retirement back that has not come to its end. */
  readmit(): void {
    if (!this.#destroyed) this.#retired = false;
  }

  /** Ends everything: waiting calls fail with `error`, running ones are cancelled. Resolves when all sandboxes have gone. */
  async destroy(error: SraasError): Promise<void> {
    this.#retired = true;
    this.#destroyed = true;
    this.#waiting.failAll(error);
    this.#leaveIfEmpty();
    for (const sandbox of this.#live) this.#dismiss(sandbox);
    // A start that ends meanwhile sends its sandbox away as well.
    const { underWay } = this.#starts;
    while (underWay.size + this.#departures.size > 0) await Promise.all([...underWay, ...this.#departures]);
  }

  /** What its sandboxes are at. */
  census(): SandboxCensus {
    const paused = this.#idle.filter(({ isPaused }) => isPaused).length;
    return {
      starting: this.#starts.count,
      idle: this.#idle.length - paused,
      paused,
      busy: this.#live.size - this.#idle.length,
      leaving: this.#departures.size,
    };
  }

  /** Whether what has served a call may serve another one. */
  get #reuses(): boolean {
    return this.version.config.isolation === 'warm' && !this.#retired;
  }

  /** Whether nothing would be lost with this pool. */
  get isUnused(): boolean {
    return this.#isEmpty() && !this.#keepsWarm;
  }

  /** One that is being removed still counts: `max` is a promise about containers, not about wishes. */
  #room(): number {
    return this.version.config.concurrency.max - this.#live.size - this.#starts.count - this.#departures.size;
  }

  /** False when the sandbox turned out to be lost. */
  async #wake(sandbox: PooledSandbox, signal: Cancellation): Promise<boolean> {
    const awake = await sandbox.wake();
    if (!awake) this.#dismiss(sandbox);
    if (!signal.aborted) return awake;
    // The caller left meanwhile; what it waited for is as good as new.
    if (awake) this.#offer(sandbox, false);
    throw signal.reason as Error;
  }

  #wantsWarmth(): boolean {
    const { isolation, concurrency } = this.version.config;
    if (!this.#keepsWarm || this.#retired || isolation === 'fresh' || this.#starts.isBackingOff) return false;
    return this.#live.size + this.#starts.count < concurrency.warmMin;
  }

  #offer(sandbox: PooledSandbox, coldStart: boolean): void {
    if (this.#waiting.serve((queueMs) => this.#lend(sandbox, coldStart, queueMs))) return;
    // One that was started for a call which has left meanwhile is as good as new.
    if (this.#retired) this.#dismiss(sandbox);
    else this.#idle.push(sandbox);
  }

  #dismiss(sandbox: PooledSandbox, gone?: () => void): void {
    if (!this.#live.has(sandbox)) return;
    const index = this.#idle.indexOf(sandbox);
    if (index >= 0) this.#idle.splice(index, 1);
    this.#live.delete(sandbox);
    const departure: Promise<void> = sandbox.destroy().then(() => {
      this.#departures.delete(departure);
      gone?.();
      // Gives the room to whichever pool has calls waiting, this one among them.
      this.#options.capacity.giveBack(this);
      this.#leaveIfEmpty();
    });
    this.#departures.add(departure);
  }

  #leaveIfEmpty(): void {
    if (!this.#retired || !this.#isEmpty()) return;
    this.#options.capacity.leave(this);
    this.#options.onEmpty();
  }

  #isEmpty(): boolean {
    return this.#live.size + this.#starts.count + this.#departures.size + this.#waiting.length === 0;
  }
}
