import {
  encodeFrame,
  encodeInParts,
  maxShimFrameBytes,
  protocolVersion,
  type ShimFrame,
} from '../../runtime/protocol.ts';
import type { Cancellation } from '../cancellation.ts';
import type { FunctionVersion } from '../functions/function.ts';
import type { Ending } from './ending.ts';
import { answerTo } from './answer.ts';
import { autopsy } from './autopsy.ts';
import { Exchange } from './exchange.ts';
import type { LaunchedContainer } from './launched-container.ts';
import { LogBuffer } from './log-buffer.ts';
import type { ProgramEnd } from './ready-program.ts';
import { unknownUse, type ResourceUse } from './resource-account.ts';

/**
 * `loading`: the handler's module is being imported. `ready`: waits for an invocation. `busy`: runs one. `spent`: must not be
 * used again. `gone`: its container has been removed.
 */
export type SandboxState = 'loading' | 'ready' | 'busy' | 'spent' | 'gone';

/** How a piece of work ended, with what was written meanwhile. */
export interface Finished {
  readonly ending: Ending;
  readonly logs: LogBuffer;
  /** Milliseconds by the host's clock. */
  readonly elapsedMs: number;
  readonly use: ResourceUse;
  /** All that came of a program; undefined for a handler. */
  readonly program?: ProgramEnd;
}

export interface LoadOptions {
  /** All variables of the handler's own, secrets among them: they are told to the shim, and not kept. */
  readonly environment: Readonly<Record<string, string>>;
  readonly signal?: Cancellation;
}

export interface Call {
  readonly invocationId: string;
  /** How many times this invocation has been begun, this time among them; 1 when left out. */
  readonly attempt?: number;
  /** The caller's envelope, checked, as the bytes that came in. */
  readonly envelope: Buffer;
  readonly signal: Cancellation;
  /** Told of what is written, as it comes and without a cap; the chunk is only valid during the call. */
  readonly onOutput?: (chunk: Uint8Array) => void;
}

/**
 * One container with a shim, serving one version, one invocation at a time.
 *
 * - `load` is called once, before the first `invoke`.
 * - After any ending but a reusable answer the state is `spent`: it must be destroyed.
 * - `destroy` is idempotent, and resolves when the container has been removed.
 */
export class Sandbox {
  readonly id: string;
  readonly version: FunctionVersion;
  /** Called when the sandbox dies, or misbehaves, while it is not working for anybody. */
  onLost: () => void = () => undefined;
  /** Milliseconds from the wish for a sandbox to its being ready; 0 until then. */
  initMs = 0;
  /** When it last became ready, by the monotonic clock in milliseconds. */
  idleSince = 0;
  /** The handler's own time or the processor time of its last call, whichever is more, in milliseconds. */
  lastBusyMs: number | undefined;
  #state: SandboxState = 'loading';
  readonly #container: LaunchedContainer;
  #exchange: Exchange | undefined;
  /** Processes there were when the handler had been loaded. */
  #ownProcesses: number | undefined;
  #initLogs: LogBuffer | undefined;
  #destroyed: Promise<void> | undefined;
  /** Settles when the pause has been made; undefined while it runs. */
  #pause: Promise<void> | undefined;
  /** What made it useless behind the back of an answer; it is told where the answer alone would promise too much. */
  #lostBy: Ending | undefined;

  constructor(id: string, version: FunctionVersion, container: LaunchedContainer) {
    this.id = id;
    this.version = version;
    this.#container = container;
    container.channel.onFrame = (frame) => {
      this.#onFrame(frame);
    };
    container.channel.onClosed = (violation) => {
      this.#onClosed(violation);
    };
  }

  get state(): SandboxState {
    return this.#state;
  }

  /** Imports the handler's module. What it writes belongs to the first invocation. */
  async load(limitMs: number, { environment, signal }: LoadOptions): Promise<Finished> {
    const { entry, config, functionName, number } = this.version;
    if (entry === undefined) throw new TypeError(`${functionName}@${number} has no handler to load`);
    const logs = new LogBuffer(config.limits.logBytes);
    const mark = this.#container.output.begin((chunk) => {
      logs.append(chunk);
    });
    const exchange = new Exchange({ phase: 'load', limitMs, ...(signal === undefined ? {} : { signal }) });
    this.#exchange = exchange;
    this.#container.channel.expectFrames(maxShimFrameBytes(config.limits.resultBytes));
    this.#container.channel.send(
      encodeFrame('init', {
        protocol: protocolVersion,
        function_name: functionName,
        function_version: number,
        entry: { file: entry.file, export: entry.exportName, source_maps: entry.sourceMaps },
        env: environment,
        memory_limit_mb: config.limits.memoryMb,
        result_bytes: config.limits.resultBytes,
        ...outputMark(mark),
      }),
    );
    // It may have died between its hello and now, when nobody listened yet.
    if (this.#container.channel.closed) this.#onClosed(undefined);
    const finished = await this.#finish(exchange, logs);
    this.#initLogs = logs;
    return finished;
  }

  /** Runs the handler once. The deadline counts from now. */
  async invoke(call: Call): Promise<Finished> {
    if (this.#state !== 'ready') throw new Error(`Sandbox ${this.id} is ${this.#state}, not ready`);
    this.#state = 'busy';
    const { limits } = this.version.config;
    const { invocationId, attempt = 1, signal, onOutput } = call;
    if (onOutput !== undefined && this.#initLogs !== undefined) onOutput(Buffer.from(this.#initLogs.text()));
    const logs = this.#initLogs ?? new LogBuffer(limits.logBytes);
    this.#initLogs = undefined;
    const mark = this.#container.output.begin((chunk) => {
      logs.append(chunk);
      onOutput?.(chunk);
    });
    const exchange = new Exchange({ phase: 'call', invocationId, limitMs: limits.timeoutMs, signal });
    this.#exchange = exchange;
    const head = {
      id: invocationId,
      attempt,
      deadline_ms: Date.now() + limits.timeoutMs,
      remaining_ms: limits.timeoutMs,
      ...outputMark(mark),
    };
    const { start, rest } = encodeInParts('invoke', head, call.envelope);
    this.#container.channel.send(start, rest);
    // Only now: it takes the kernel some time to wake the sandbox, and the call need not wait for this.
    this.#container.account?.begin();
    return await this.#finish(exchange, logs);
  }

  get isPaused(): boolean {
    return this.#pause !== undefined;
  }

  /** Takes the processor from an idle sandbox, so that what its handler left behind costs nothing. It can be lost by it. */
  pause(): void {
    if (this.#state !== 'ready' || this.isPaused) return;
    this.#pause = this.#container.pause();
    this.#pause.catch(() => {
      this.#lose({ cause: 'died', phase: 'call', exit: undefined });
    });
  }

  /** Wakes a paused sandbox. False when it is of no more use; it must be destroyed then. */
  async wake(): Promise<boolean> {
    try {
      await this.#pause;
      await this.#container.resume();
      this.#pause = undefined;
    } catch {
      this.#state = 'spent';
    }
    return this.#state === 'ready';
  }

  /** Kills what runs and removes all traces. Resolves also when the engine is away: the container is removed later then. */
  destroy(): Promise<void> {
    this.#state = 'spent';
    this.#lostBy ??= { cause: 'cancelled' };
    this.#exchange?.settle({ cause: 'cancelled' });
    this.#destroyed ??= this.#container.release().then(() => {
      this.#state = 'gone';
    });
    return this.#destroyed;
  }

  async #finish(exchange: Exchange, logs: LogBuffer): Promise<Finished> {
    const settled = await exchange.ended;
    // Ready and at once no longer ready: what came behind the answer is how loading ended.
    const first = isReady(settled) && this.#lostBy !== undefined ? this.#lostBy : settled;
    const { elapsedMs } = exchange;
    this.#exchange = undefined;
    const use = this.#container.account?.end() ?? unknownUse;
    // Asked at once: the kernel's count goes with the control group, and the engine's flag may come after its exit code. A child
    // that was killed leaves its parent in a state that nobody foresaw.
    const oomKills = this.#isFarFromLimit(use) ? 0 : (this.#container.account?.oomKillCount() ?? 0);
    const ending = first.cause === 'died' ? await autopsy(this.#container, first, oomKills > 0) : first;
    const usable = isReusable(ending) && !this.#isUseless() && oomKills === 0 && this.#isTidy(exchange);
    if (!usable) this.#state = 'spent';
    if (ending.cause === 'deadline' || ending.cause === 'violation' || ending.cause === 'cancelled') {
      // The caller may rely on it: when the answer is out, the handler no longer runs.
      await this.#container.kill();
    }
    const isAnswered = ending.cause === 'answered';
    this.lastBusyMs = busyMs(ending, use);
    if (!(await this.#container.output.end(isAnswered ? 'answered' : 'gone'))) {
      logs.endIsMissing();
      this.#state = 'spent';
    }
    // It may have been lost while its output was waited for.
    if (usable && !this.#isUseless()) {
      this.#state = 'ready';
      this.idleSince = performance.now();
    }
    return { ending, logs, elapsedMs, use };
  }

  /** The kernel kills for want of memory where all of it is used, which spares asking. */
  #isFarFromLimit({ maxMemoryBytes }: ResourceUse): boolean {
    return maxMemoryBytes !== undefined && maxMemoryBytes < this.version.config.limits.memoryMb * 2 ** 19;
  }

  #isUseless(): boolean {
    return this.#state === 'spent' || this.#state === 'gone';
  }

  /** Whether no process was left behind that would go on in the next caller's time. A module may start some when it loads. */
  #isTidy(exchange: Exchange): boolean {
    const count = this.#container.account?.recentProcessCount();
    if (exchange.phase === 'load') this.#ownProcesses = count;
    return count === undefined || this.#ownProcesses === undefined || count <= this.#ownProcesses;
  }

  #onFrame(frame: ShimFrame): void {
    const exchange = this.#exchange;
    if (exchange === undefined) {
      this.#lose({ cause: 'violation', reason: `it sent a ${frame.type} frame that nobody had asked for` });
      return;
    }
    const answer = answerTo(exchange, frame, this.version.config.limits.resultBytes);
    exchange.settle(
      typeof answer === 'string' ? { cause: 'violation', reason: answer } : { cause: 'answered', answer },
    );
    // Frames behind this one come from nobody that was asked.
    this.#exchange = undefined;
  }

  #onClosed(violation: string | undefined): void {
    const exchange = this.#exchange;
    const ending: Ending =
      violation === undefined
        ? { cause: 'died', phase: exchange?.phase ?? 'load', exit: undefined }
        : { cause: 'violation', reason: violation };
    if (exchange === undefined) this.#lose(ending);
    else exchange.settle(ending);
  }

  #lose(ending: Ending): void {
    this.#lostBy ??= ending;
    const wasIdle = this.#state === 'ready';
    this.#state = 'spent';
    if (wasIdle) this.onLost();
  }
}

function busyMs(ending: Ending, { cpuMs = 0 }: ResourceUse): number | undefined {
  if (ending.cause !== 'answered' || !('durationMs' in ending.answer)) return undefined;
  return Math.max(ending.answer.durationMs, cpuMs);
}

function isReady(ending: Ending): boolean {
  return ending.cause === 'answered' && ending.answer.status === 'ready';
}

function isReusable(ending: Ending): boolean {
  if (ending.cause !== 'answered') return false;
  const { answer } = ending;
  if (answer.status === 'ready') return true;
  return answer.status !== 'load_failed' && answer.reusable;
}

function outputMark(mark: string | undefined): { readonly output_mark?: string } {
  return mark === undefined ? {} : { output_mark: mark };
}
