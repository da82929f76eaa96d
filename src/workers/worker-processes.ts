import { setTimeout as delay } from 'node:timers/promises';
import type { LinkPort } from './link.ts';

/** The first that a worker says. What is sent to it before that is lost: Node's cluster takes it from the channel. */
export const workerGreeting = 'worker';

/** A process of this program that waits for its order. */
export interface WorkerProcess extends LinkPort {
  readonly processId: number;
  kill(): void;
  /** Ends the channel to it, by which it ends when it has nothing left to do. */
  end(): void;
  /** Tells once how it ended. */
  onExit(listener: (how: string) => void): void;
}

interface WorkerProcessesParts<Begun> {
  readonly count: number;
  readonly spawn: () => WorkerProcess;
  /** Has a new process begin its work, as the worker of this number. Rejects when it cannot. */
  readonly begin: (number: number, process: WorkerProcess) => Promise<Begun>;
  readonly onEnded: (number: number, process: WorkerProcess, how: string) => void;
  readonly onReplaced: (number: number, process: WorkerProcess) => void;
  /** Told when a process that was to take another's place could not begin; it is tried again. */
  readonly onFailure: (number: number, error: unknown) => void;
  readonly firstPauseMs?: number;
  readonly longestPauseMs?: number;
  /** Whoever lived so long did not die of its start. */
  readonly soundAfterMs?: number;
}

/**
 * Keeps a number of worker processes going. One that dies is replaced: at once the first time, then after pauses that double, so
 * that a worker which cannot live costs little.
 */
export class WorkerProcesses<Begun> {
  readonly #parts: WorkerProcessesParts<Begun>;
  readonly #living = new Map<number, WorkerProcess>();
  readonly #ends = new Set<Promise<void>>();
  readonly #stopping = new AbortController();

  constructor(parts: WorkerProcessesParts<Begun>) {
    this.#parts = parts;
  }

  /** Starts all, the first one alone: what keeps it from its work would keep the others too, and is told once. */
  async start(): Promise<Begun> {
    const first = await this.#run(1);
    const others = Array.from({ length: this.#parts.count - 1 }, (_none, index) => index + 2);
    await Promise.all(others.map((number) => this.#run(number)));
    return first;
  }

  /** From now on the end of a process is no news. */
  expectEnds(): void {
    this.#stopping.abort();
  }

  /** Has all end, and kills those that have not within the time. */
  async close(withinMs: number): Promise<void> {
    this.expectEnds();
    for (const process of this.#living.values()) process.end();
    const over = new AbortController();
    const killing = delay(withinMs, undefined, { signal: over.signal }).then(
      () => {
        for (const process of this.#living.values()) process.kill();
      },
      () => undefined,
    );
    await Promise.all(this.#ends);
    over.abort();
    await killing;
  }

  #isStopping(): boolean {
    return this.#stopping.signal.aborted;
  }

  async #run(number: number, failuresBefore = 0): Promise<Begun> {
    const { spawn, begin, onEnded, soundAfterMs = 60_000 } = this.#parts;
    const process = spawn();
    this.#living.set(number, process);
    const bornAtMs = performance.now();
    let hasBegun = false;
    const beginning = begin(number, process);
    const end = new Promise<string>((resolve) => {
      process.onExit(resolve);
    }).then((how) => {
      this.#living.delete(number);
      this.#ends.delete(end);
      // Whoever waits for its beginning hears of an earlier end.
      if (this.#isStopping() || !hasBegun) return;
      onEnded(number, process, how);
      const isSound = performance.now() - bornAtMs >= soundAfterMs;
      void this.#replace(number, isSound ? 0 : failuresBefore + 1);
    });
    this.#ends.add(end);
    try {
      const begun = await beginning;
      hasBegun = true;
      return begun;
    } catch (error) {
      process.kill();
      throw error;
    }
  }

  /** Until one has begun, or all are to end. Never rejects. */
  async #replace(number: number, failures: number): Promise<void> {
    const { firstPauseMs = 100, longestPauseMs = 10_000, onFailure, onReplaced } = this.#parts;
    for (let failed = failures; ; failed += 1) {
      const pauseMs = failed <= 1 ? 0 : Math.min(longestPauseMs, firstPauseMs * 2 ** (failed - 2));
      await delay(pauseMs, undefined, { signal: this.#stopping.signal }).catch(() => undefined);
      if (this.#isStopping()) return;
      try {
        await this.#run(number, failed);
        const process = this.#living.get(number);
        if (process !== undefined) onReplaced(number, process);
        return;
      } catch (error) {
        if (!this.#isStopping()) onFailure(number, error);
      }
    }
  }
}
