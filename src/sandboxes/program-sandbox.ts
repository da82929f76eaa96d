import type { FunctionVersion } from '../functions/function.ts';
import type { PooledSandbox } from './pooled-sandbox.ts';
import type { ProgramContainer } from './program-container.ts';
import type { Call, Finished, SandboxState } from './sandbox.ts';

/** A container with a program that serves one invocation: its event goes in at stdin, its result comes out at stdout. */
export class ProgramSandbox implements PooledSandbox {
  readonly id: string;
  readonly initMs: number;
  readonly idleSince: number = performance.now();
  /** Nothing runs in it that could be paused. */
  readonly isPaused = false;
  /** What has not been started cannot be lost. */
  onLost: () => void = () => undefined;
  readonly #version: FunctionVersion;
  readonly #container: ProgramContainer;
  readonly #stop = new AbortController();
  #state: SandboxState = 'ready';
  #run: Promise<unknown> = Promise.resolve();
  #destroyed: Promise<void> | undefined;

  constructor(id: string, version: FunctionVersion, container: ProgramContainer, initMs: number) {
    this.id = id;
    this.initMs = initMs;
    this.#version = version;
    this.#container = container;
  }

  get state(): SandboxState {
    return this.#state;
  }

  async invoke({ envelope, signal, onOutput }: Call): Promise<Finished> {
    if (this.#state !== 'ready') throw new Error(`Sandbox ${this.id} is ${this.#state}, not ready`);
    this.#state = 'busy';
    const { limits } = this.#version.config;
    const run = this.#container.run({
      stdin: eventOf(envelope),
      timeoutMs: limits.timeoutMs,
      maxStdoutBytes: limits.resultBytes,
      maxStderrBytes: limits.logBytes,
      signal: AbortSignal.any([signal, this.#stop.signal]),
      ...(onOutput === undefined ? {} : { onStderr: onOutput }),
    });
    this.#run = run.catch(() => undefined);
    try {
      const program = await run;
      const { ending, stderr: logs, elapsedMs, use } = program;
      return { ending, logs, elapsedMs, use, program };
    } finally {
      this.#state = 'spent';
    }
  }

  pause(): void {
    // It has no process yet.
  }

  wake(): Promise<boolean> {
    return Promise.resolve(this.#state === 'ready');
  }

  destroy(): Promise<void> {
    this.#stop.abort();
    this.#destroyed ??= this.#run.then(async () => {
      await this.#container.release();
      this.#state = 'gone';
    });
    return this.#destroyed;
  }
}

/** The event's JSON, and nothing else of the envelope: a program gets what a handler gets as its first argument. */
function eventOf(envelope: Buffer): Buffer {
  const { event = {} } = JSON.parse(envelope.toString('utf8')) as { readonly event?: unknown };
  return Buffer.from(JSON.stringify(event));
}
