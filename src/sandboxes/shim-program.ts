import { setTimeout as delay } from 'node:timers/promises';
import {
  encodeFrame,
  type ExitedFrame,
  protocolVersion,
  sandboxPaths,
  type ShimFrame,
} from '../../runtime/protocol.ts';
import { signalNumber } from './signal-number.ts';
import { autopsy } from './autopsy.ts';
import type { Channel } from './channel.ts';
import type { Ending } from './ending.ts';
import { Exchange } from './exchange.ts';
import type { LaunchedContainer } from './launched-container.ts';
import { LogBuffer } from './log-buffer.ts';
import type { ProgramEnd, ProgramEnding, ProgramInput, ReadyProgram } from './ready-program.ts';
import { killedExitCode, withPeak } from './program-memory.ts';
import { unknownUse } from './resource-account.ts';

interface ShimProgramPlan {
  /** The whole argument vector. */
  readonly command: readonly string[];
  /** Told to the shim, and not kept. */
  readonly environment: Readonly<Record<string, string>>;
  /** The container's limit. */
  readonly memoryBytes: number;
  /** Where the program starts; the code folder when left out. */
  readonly directory?: string;
}

/** How long what a killed program wrote last may take to arrive. */
const restMs = 250;

/**
 * A program behind a shim that waits in its container. The container is its own: a program that imitates its shim, or kills it,
 * spoils what is told of itself, and nothing else. All that comes is counted before it is kept.
 */
export class ShimProgram implements ReadyProgram {
  readonly #container: LaunchedContainer;
  readonly #plan: ShimProgramPlan;
  #hasRun = false;

  constructor(container: LaunchedContainer, plan: ShimProgramPlan) {
    this.#container = container;
    this.#plan = plan;
  }

  async run(input: ProgramInput): Promise<ProgramEnd> {
    if (this.#hasRun) throw new Error('A program runs once in its container');
    this.#hasRun = true;
    const { channel, account } = this.#container;
    const output = new CappedOutput(input);
    account?.begin();
    const began = performance.now();
    const { timeoutMs: limitMs, signal } = input;
    const exchange = new Exchange({ phase: 'call', limitMs, ...(signal === undefined ? {} : { signal }) });
    let exited: ExitedFrame | undefined;
    channel.onFrame = (frame) => {
      // What comes behind the end was written by nobody that was asked.
      if (exited !== undefined) return;
      if (frame.type === 'output') {
        output.take(frame);
        waitForRoom(channel, input);
      } else if (frame.type === 'exited') exited = frame;
      if (frame.type !== 'output') exchange.settle(endingBy(frame));
    };
    const closed = new Promise<void>((resolve) => {
      channel.onClosed = (violation) => {
        exchange.settle(violation === undefined ? gone : { cause: 'violation', reason: violation });
        resolve();
      };
    });
    // What nobody wants any more is not begun.
    if (signal?.aborted !== true) {
      input.onStarted?.();
      const { command, environment: env, directory = sandboxPaths.code } = this.#plan;
      const head = { protocol: protocolVersion, command, env, directory };
      channel.send(encodeFrame('program', head, input.stdin));
    }
    // It may have died since its hello, when nobody listened.
    if (channel.closed) exchange.settle(gone);

    const settled = await exchange.ended;
    const elapsedMs = performance.now() - began;
    const use = account?.end() ?? unknownUse;
    // Asked at once: the kernel's count goes with the control group.
    const hasBeenKilledForMemory = (account?.oomKillCount() ?? 0) > 0;
    const found = await this.#found(settled, exited, hasBeenKilledForMemory);
    if (found.cause !== 'died') {
      // The caller may rely on it: when the answer is out, the program no longer runs.
      await this.#container.kill();
      await Promise.race([closed, delay(restMs)]);
    }
    const ending = found.cause === 'violation' ? killed : found;
    channel.onFrame = () => undefined;
    const signalName = found.cause === 'violation' ? 'SIGKILL' : exited?.signal;
    return {
      ending,
      ...(signalName === undefined ? {} : { signal: signalName }),
      ...output.streams,
      elapsedMs: Math.min(elapsedMs, exited?.durationMs ?? elapsedMs),
      use: withPeak(use, ending, this.#plan.memoryBytes),
    };
  }

  release(): Promise<void> {
    return this.#container.release();
  }

  /** How it ended; `violation` when it broke the rules of the channel, and still runs. */
  async #found(
    settled: Ending,
    exited: ExitedFrame | undefined,
    hasBeenKilledForMemory: boolean,
  ): Promise<Exclude<Ending, { cause: 'answered' }>> {
    if (settled.cause === 'answered') throw new TypeError('A program is not asked anything');
    if (settled.cause !== 'died') return settled;
    if (exited !== undefined) {
      const exitCode = exited.exitCode ?? 128 + signalNumber(exited.signal);
      return { ...settled, exit: { exitCode, outOfMemory: hasBeenKilledForMemory && exitCode === killedExitCode } };
    }
    return (await autopsy(this.#container, settled, hasBeenKilledForMemory)) as Exclude<Ending, { cause: 'answered' }>;
  }
}

const gone: Ending = { cause: 'died', phase: 'call', exit: undefined };
/** What breaks the rules of the channel is killed for that. */
const killed: ProgramEnding = { cause: 'died', phase: 'call', exit: { exitCode: killedExitCode, outOfMemory: false } };

/** Lets the program wait for who is told of its output: frames that have arrived are still taken. */
function waitForRoom(channel: Channel, { untilRoom }: ProgramInput): void {
  const room = untilRoom?.();
  if (room === undefined) return;
  channel.pause();
  void room.then(() => {
    channel.resume();
  });
}

function endingBy(frame: ShimFrame): Ending {
  if (frame.type === 'exited') return gone;
  return { cause: 'violation', reason: `it sent a ${frame.type} frame while a program ran` };
}

/** What a program wrote, up to its caps, and who is told of all of it. */
class CappedOutput {
  readonly streams: Pick<ProgramEnd, 'stdout' | 'stderr'>;
  readonly #input: ProgramInput;

  constructor(input: ProgramInput) {
    this.#input = input;
    this.streams = { stdout: new LogBuffer(input.maxStdoutBytes), stderr: new LogBuffer(input.maxStderrBytes) };
  }

  take({ stream, bytes }: Extract<ShimFrame, { type: 'output' }>): void {
    this.streams[stream].append(bytes);
    if (stream === 'stdout') this.#input.onStdout?.(bytes);
    else this.#input.onStderr?.(bytes);
  }
}
