import type { Attachment } from '../engine/attachment.ts';
import type { ContainerSpec } from '../engine/container.ts';
import { EngineError } from '../engine/engine-error.ts';
import type { ContainerExit, ContainerId, Engine } from '../engine/engine.ts';
import { explainEngineError } from '../engine/explain-engine-error.ts';
import type { Ending } from './ending.ts';
import { Exchange } from './exchange.ts';
import type { SandboxHoldings } from './launched-container.ts';
import { LogBuffer } from './log-buffer.ts';
import { ProgramAccount } from './program-account.ts';
import { killedExitCode, withPeak } from './program-memory.ts';
import type { ProgramStreams } from './program-streams.ts';
import type { ProgramEnd, ProgramEnding, ProgramInput, ReadyProgram } from './ready-program.ts';

interface ProgramContainerParts {
  readonly engine: Engine;
  readonly id: ContainerId;
  readonly spec: ContainerSpec;
  readonly attachment: Attachment;
  readonly streams: ProgramStreams;
  readonly holdings: SandboxHoldings;
}

/** How long the rest of a program's output may take when it has ended, and how long the news of its end. */
const outputGraceMs = 5000;
const exitGraceMs = 10_000;

/**
 * A container that is ready to start, with a program of its own in it. It has run nothing yet, runs once, and is then of no
 * more use; `release` gives everything back and must be called, whatever happened.
 */
export class ProgramContainer implements ReadyProgram {
  readonly #parts: ProgramContainerParts;
  #hasRun = false;

  constructor(parts: ProgramContainerParts) {
    this.#parts = parts;
  }

  /**
   * Starts the program, gives it its input, and waits for its end; when this has resolved, nothing of it runs any more.
   * @throws SraasError ENGINE_UNAVAILABLE, SANDBOX_START_FAILED when it could not be started.
   */
  async run(input: ProgramInput): Promise<ProgramEnd> {
    if (this.#hasRun) throw new Error('A program runs once in its container');
    this.#hasRun = true;
    const { attachment, holdings, spec, streams } = this.#parts;
    const stdout = new LogBuffer(input.maxStdoutBytes);
    const stderr = new LogBuffer(input.maxStderrBytes);
    streams.listen({
      onStdout: (piece) => {
        stdout.append(piece);
        input.onStdout?.(piece);
      },
      onStderr: (piece) => {
        stderr.append(piece);
        input.onStderr?.(piece);
      },
    });
    attachment.resume();
    await this.#start();

    const began = performance.now();
    input.onStarted?.();
    const { timeoutMs: limitMs, signal } = input;
    const exchange = new Exchange({ phase: 'call', limitMs, ...(signal === undefined ? {} : { signal }) });
    void this.#give(input.stdin);
    const account = holdings.hold(await this.#account());
    void this.#exit(limitMs).then((ending) => {
      exchange.settle(ending);
    });
    const settled = (await exchange.ended) as ProgramEnding;
    const elapsedMs = performance.now() - began;
    const ending = settled.cause === 'died' ? withMemory(settled, account) : settled;
    const use = withPeak(account.use, ending, spec.memoryBytes);
    if (ending.cause !== 'died') await holdings.kill();
    const isComplete = await streams.end(outputGraceMs);
    if (!isComplete) for (const buffer of [stdout, stderr]) buffer.endIsMissing();
    return { ending: isComplete ? ending : withoutOutput(ending), stdout, stderr, elapsedMs, use };
  }

  /** Idempotent; never rejects. */
  release(): Promise<void> {
    return this.#parts.holdings.release();
  }

  async #start(): Promise<void> {
    try {
      await this.#parts.engine.start(this.#parts.id);
    } catch (error) {
      throw error instanceof EngineError ? explainEngineError(error) : error;
    }
  }

  /** A program that reads none of it, or not all, is as good as one that does. */
  async #give(stdin: Uint8Array): Promise<void> {
    const { attachment } = this.#parts;
    if (stdin.length > 0) await attachment.write(stdin);
    attachment.endInput();
  }

  /** How it ended by itself. Never rejects. */
  async #exit(limitMs: number): Promise<ProgramEnding> {
    const { engine, id } = this.#parts;
    try {
      return { cause: 'died', phase: 'call', exit: await engine.wait(id, limitMs + exitGraceMs) };
    } catch (error) {
      if (error instanceof EngineError && error.code !== 'container_not_found') {
        return { cause: 'engine_lost', error: explainEngineError(error) };
      }
      // Removed by someone else.
      return { cause: 'died', phase: 'call', exit: undefined };
    }
  }

  async #account(): Promise<ProgramAccount> {
    const { engine, id, spec } = this.#parts;
    const recorded = await engine.inspect(id, spec).catch(() => undefined);
    return await ProgramAccount.open(recorded?.processId ?? 0, id);
  }
}

function withMemory(ending: Extract<Ending, { cause: 'died' }>, account: ProgramAccount): ProgramEnding {
  if (ending.exit === undefined) return ending;
  const { exitCode, outOfMemory } = ending.exit;
  const exit: ContainerExit = {
    exitCode,
    outOfMemory: outOfMemory || (exitCode === killedExitCode && account.ranOutOfMemory()),
  };
  return { ...ending, exit };
}

/** A result of which the end may be missing is none. */
function withoutOutput(ending: ProgramEnding): ProgramEnding {
  if (ending.cause !== 'died') return ending;
  const error = new EngineError('timeout', 'The end of what a program wrote did not come');
  return { cause: 'engine_lost', error: explainEngineError(error) };
}
