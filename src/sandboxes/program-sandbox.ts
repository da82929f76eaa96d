import { abortSignalOf } from '../cancellation.ts';
import type { FunctionVersion } from '../functions/function.ts';
import type { PooledSandbox } from './pooled-sandbox.ts';
import type { ProgramInput, ReadyProgram } from './ready-program.ts';
import type { Call, Finished, SandboxState } from './sandbox.ts';

/** What goes into a program for a call. */
export type InputOfCall = (call: Pick<Call, 'envelope' | 'onOutput'>) => Omit<ProgramInput, 'signal'>;

/** A container with a program that serves one call, and is of no more use then. */
export class ProgramSandbox implements PooledSandbox {
  readonly id: string;
  readonly initMs: number;
  readonly idleSince: number = performance.now();
  /** Nothing runs in it that could be paused. */
  readonly isPaused = false;
  readonly lastBusyMs = undefined;
  /** What has not been started cannot be lost. */
  onLost: () => void = () => undefined;
  readonly #program: ReadyProgram;
  readonly #inputOf: InputOfCall;
  readonly #stop = new AbortController();
  #state: SandboxState = 'ready';
  #run: Promise<unknown> = Promise.resolve();
  #destroyed: Promise<void> | undefined;

  constructor(id: string, program: ReadyProgram, initMs: number, inputOf: InputOfCall) {
    this.id = id;
    this.initMs = initMs;
    this.#program = program;
    this.#inputOf = inputOf;
  }

  get state(): SandboxState {
    return this.#state;
  }

  async invoke(call: Call): Promise<Finished> {
    if (this.#state !== 'ready') throw new Error(`Sandbox ${this.id} is ${this.#state}, not ready`);
    this.#state = 'busy';
    const signal = AbortSignal.any([abortSignalOf(call.signal), this.#stop.signal]);
    const run = this.#program.run({ ...this.#inputOf(call), signal });
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
      await this.#program.release();
      this.#state = 'gone';
    });
    return this.#destroyed;
  }
}

/** A handler's contract for programs: the event goes in at stdin, the result comes out at stdout, and stderr is the logs. */
export function eventIntoProgram({ config: { limits } }: Pick<FunctionVersion, 'config'>): InputOfCall {
  return ({ envelope, onOutput }) => ({
    stdin: eventOf(envelope),
    timeoutMs: limits.timeoutMs,
    maxStdoutBytes: limits.resultBytes,
    maxStderrBytes: limits.logBytes,
    ...(onOutput === undefined ? {} : { onStderr: onOutput }),
  });
}

/** The event's JSON, and nothing else of the envelope: a program gets what a handler gets as its first argument. */
function eventOf(envelope: Buffer): Buffer {
  const { event = {} } = JSON.parse(envelope.toString('utf8')) as { readonly event?: unknown };
  return Buffer.from(JSON.stringify(event));
}
