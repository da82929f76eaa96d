import { rm } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import type { Engine, ContainerExit, ContainerId } from '../engine/engine.ts';
import type { Channel } from './channel.ts';
import type { ResourceAccount } from './resource-account.ts';
import type { Output } from './output.ts';

/** What a running sandbox holds on the host. */
export interface LaunchedContainer {
  /** Host folder that the sandbox sees as its code. */
  readonly codeDirectory: string;
  readonly channel: Channel;
  /** What the interpreter in it calls its own version. */
  readonly languageVersion: string;
  readonly output: Output;
  /** Undefined when the kernel's accounting is out of sight, as with an engine on another machine. */
  readonly account: ResourceAccount | undefined;
  /** Rejects with an EngineError `timeout` when it still runs after that long. */
  exit(withinMs: number): Promise<ContainerExit>;
  /**
   * Whether the engine has seen it end: not when it has been started since. Rejects with an EngineError when the engine takes no new
   * calls.
   */
  wasSeenToEnd(): Promise<boolean>;
  /** Both reject with an EngineError. */
  pause(): Promise<void>;
  resume(): Promise<void>;
  /** Waits a few seconds at most. Never rejects: what could not be killed now is removed later. */
  kill(): Promise<void>;
  /** Gives everything back, in the order that leaves nothing behind. Idempotent; never rejects. */
  release(): Promise<void>;
}

/** The time that an ending waits for the engine to confirm a kill. */
const killWaitMs = 5000;

interface Holdings {
  readonly engine: Engine;
  /** Host folders that are its own. */
  readonly directories: readonly string[];
  /** Called when nothing is left: the user id and the name may be used again. */
  readonly onGone: () => void;
  /** Takes over what could not be removed. */
  readonly onLeftover: (retry: () => Promise<void>, error: unknown) => void;
}

/**
 * Collects what the start of one sandbox acquires, step by step, and releases it as a whole: at any point of the start, and
 * exactly once.
 */
export class SandboxHoldings {
  readonly #given: Holdings;
  #containerId: ContainerId | undefined;
  #closables: { close(): void }[] = [];
  #released: Promise<void> | undefined;
  #gone = false;

  constructor(given: Holdings) {
    this.#given = given;
  }

  holdContainer(id: ContainerId): void {
    this.#containerId = id;
  }

  hold<T extends { close(): void }>(closable: T): T {
    this.#closables.push(closable);
    return closable;
  }

  async kill(): Promise<void> {
    const { engine, onLeftover } = this.#given;
    const id = this.#containerId;
    if (id === undefined) return;
    const killed = engine.kill(id).catch((error: unknown) => {
      onLeftover(() => engine.kill(id), error);
    });
    // A frozen engine must not hold back an answer that is already known.
    const limit = new AbortController();
    await Promise.race([killed, delay(killWaitMs, undefined, { signal: limit.signal }).catch(() => undefined)]);
    limit.abort();
  }

  release(): Promise<void> {
    this.#released ??= this.#release();
    return this.#released;
  }

  async #release(): Promise<void> {
    for (const closable of this.#closables) closable.close();
    await this.#removeTraces().catch((error: unknown) => {
      this.#given.onLeftover(() => this.#removeTraces(), error);
    });
  }

  /** The user id goes last: it must not serve a second sandbox while the first may still run. */
  async #removeTraces(): Promise<void> {
    const { engine, directories, onGone } = this.#given;
    if (this.#containerId !== undefined) await engine.remove(this.#containerId);
    for (const directory of directories) await rm(directory, { recursive: true, force: true });
    // However often removal is tried, the id is given back once: the next sandbox may have it by then.
    if (this.#gone) return;
    this.#gone = true;
    onGone();
  }
}
