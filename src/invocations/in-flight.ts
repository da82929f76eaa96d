import { Canceller, type Cancellation } from '../cancellation.ts';
import { draining, SraasError } from '../errors.ts';
import type { FunctionVersion } from '../functions/function.ts';

/** An invocation as it is handed in to be tracked. */
export interface TrackedCall {
  readonly invocationId: string;
  readonly version: Pick<FunctionVersion, 'functionName' | 'number'>;
  /** The caller's: aborts when nobody waits for the answer any more. */
  readonly signal: Cancellation;
}

/** An invocation that has not ended, as others may see it. */
export interface RunningInvocation {
  readonly id: string;
  readonly functionName: string;
  readonly functionVersion: number;
  readonly startedAt: Date;
  /** `waiting` for a sandbox, or `running` in one. */
  readonly state: 'waiting' | 'running';
}

interface Entry {
  readonly call: TrackedCall;
  readonly startedAt: Date;
  readonly canceller: Canceller;
  /** Who waits for its end. */
  readonly waiting: (() => void)[];
  running: boolean;
}

/** The invocations that run or wait at this moment: to be seen, to be cancelled, and to be let end by a shutdown. */
export class InFlight {
  readonly #entries = new Map<string, Entry>();
  /** Set once a drain has begun. */
  #drained: Promise<{ readonly cancelled: number }> | undefined;
  #onIdle: () => void = () => undefined;

  get count(): number {
    return this.#entries.size;
  }

  /** What waits or runs now, in the order in which it came. */
  list(): readonly RunningInvocation[] {
    return [...this.#entries.values()].map(toRunning);
  }

  find(invocationId: string): RunningInvocation | undefined {
    const entry = this.#entries.get(invocationId);
    return entry && toRunning(entry);
  }

  /**
   * Runs `work` with a signal that aborts when the caller's does, when somebody cancels, or when a drain has lasted too long.
   * `work` says by `onRunning` that it waits no longer.
   * @throws SraasError DRAINING without running it, once a drain has begun.
   */
  async track<T>(call: TrackedCall, work: (signal: Cancellation, onRunning: () => void) => Promise<T>): Promise<T> {
    if (this.#drained !== undefined) throw draining();
    const canceller = new Canceller();
    const onAbort = (): void => {
      canceller.abort(call.signal.reason);
    };
    call.signal.addEventListener('abort', onAbort, { once: true });
    if (call.signal.aborted) onAbort();
    const entry: Entry = { call, startedAt: new Date(), canceller, waiting: [], running: false };
    this.#entries.set(call.invocationId, entry);
    try {
      return await work(canceller, () => {
        entry.running = true;
      });
    } finally {
      call.signal.removeEventListener('abort', onAbort);
      this.#entries.delete(call.invocationId);
      for (const onEnded of entry.waiting) onEnded();
      if (this.#entries.size === 0) this.#onIdle();
    }
  }

  /**
   * Ends an invocation, whose caller is told INVOCATION_CANCELLED. Resolves when it no longer runs; one that ended by itself at
   * the same moment keeps its own end. Never rejects.
   * @returns false when none with this id runs or waits.
   */
  async cancel(invocationId: string): Promise<boolean> {
    const entry = this.#entries.get(invocationId);
    if (entry === undefined) return false;
    const ended = new Promise<void>((resolve) => {
      entry.waiting.push(resolve);
    });
    entry.canceller.abort(
      new SraasError('INVOCATION_CANCELLED', 'The invocation was cancelled by a request to do so, and was killed.'),
    );
    await ended;
    return true;
  }

  /**
   * Refuses new work, waits up to `limitMs` for what runs, then cancels the rest. Resolves when nothing runs any more. A second
   * drain joins the first.
   */
  drain(limitMs: number): Promise<{ readonly cancelled: number }> {
    this.#drained ??= this.#drain(limitMs);
    return this.#drained;
  }

  async #drain(limitMs: number): Promise<{ readonly cancelled: number }> {
    const idle = new Promise<void>((resolve) => {
      this.#onIdle = resolve;
      if (this.#entries.size === 0) resolve();
    });
    let cancelled = 0;
    const timer = setTimeout(() => {
      cancelled = this.#entries.size;
      for (const { canceller } of this.#entries.values()) canceller.abort(draining());
    }, limitMs);
    await idle;
    clearTimeout(timer);
    return { cancelled };
  }
}

function toRunning({ call, startedAt, running }: Entry): RunningInvocation {
  return {
    id: call.invocationId,
    functionName: call.version.functionName,
    functionVersion: call.version.number,
    startedAt,
    state: running ? 'running' : 'waiting',
  };
}
