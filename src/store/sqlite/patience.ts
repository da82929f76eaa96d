import { setTimeout as delay } from 'node:timers/promises';
import { primaryCodeOf, resultCode } from './sqlite-failure.ts';

const pauseMs = 25;

/**
 * Waits for another program that writes to the database, without holding up everything else in this process as SQLite's own
 * waiting would. Once it has lasted too long, further statements are tried once each, until one succeeds.
 */
export class Patience {
  readonly #limitMs: number;
  #busySinceMs: number | undefined;

  constructor(limitMs: number) {
    this.#limitMs = limitMs;
  }

  /** @throws what the statement throws, when it is something else or the wait too long. */
  async run<Result>(statement: () => Promise<Result>): Promise<Result> {
    for (;;) {
      try {
        const result = await statement();
        this.#busySinceMs = undefined;
        return result;
      } catch (error) {
        if (!isBusy(error)) throw error;
        this.#busySinceMs ??= performance.now();
        if (performance.now() - this.#busySinceMs >= this.#limitMs) throw error;
        await delay(pauseMs);
      }
    }
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && primaryCodeOf(error.cause) === resultCode.busy;
}
