import type { BuildStop } from './build-stop.ts';

interface BuildHaltOptions {
  readonly stop: BuildStop;
  /** Removes the containers of the build that there are at this moment. */
  readonly removeContainers: () => Promise<void>;
  readonly everyMs?: number;
  /** The time after which the engine is not waited for any more. */
  readonly patienceMs?: number;
}

/**
 * Ends a build that is to stop. An engine whose caller hangs up goes on for a moment, and what it makes then nobody looks for; so its
 * containers are taken from it instead, until it says itself that the build has failed. Only one that does not is hung up on.
 */
export class BuildHalt {
  readonly #options: BuildHaltOptions;
  readonly #hangUp = new AbortController();
  #ended = false;
  #halting: Promise<void> | undefined;

  constructor(options: BuildHaltOptions) {
    this.#options = options;
    const begin = (): void => {
      this.#halting = this.#halt();
    };
    if (options.stop.signal.aborted) begin();
    else options.stop.signal.addEventListener('abort', begin, { once: true });
  }

  /** Aborted when the engine is to be hung up on. */
  get signal(): AbortSignal {
    return this.#hangUp.signal;
  }

  /** The engine's build has ended. Resolves when nothing more is removed. */
  async end(): Promise<void> {
    this.#ended = true;
    await this.#halting;
  }

  async #halt(): Promise<void> {
    const { removeContainers, stop, everyMs = 100, patienceMs = 10_000 } = this.#options;
    const timer = setTimeout(() => {
      this.#hangUp.abort(stop.signal.reason);
    }, patienceMs);
    while (!this.#ended && !this.signal.aborted) {
      // An engine that is away does not build either; its patience runs out.
      await removeContainers().catch(() => undefined);
      await new Promise((resolve) => setTimeout(resolve, everyMs));
    }
    clearTimeout(timer);
  }
}
