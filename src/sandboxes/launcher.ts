import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { maxShimFrameBytes, protocolVersion, sandboxPaths } from '../../runtime/protocol.ts';
import type { ContainerSpec } from '../engine/container.ts';
import type { ContainerId, Engine } from '../engine/engine.ts';
import { EngineError } from '../engine/engine-error.ts';
import { explainEngineError } from '../engine/explain-engine-error.ts';
import { SraasError } from '../errors.ts';
import type { FunctionVersion } from '../functions/function.ts';
import type { Runtime } from '../runtimes/runtime.ts';
import type { Channel } from './channel.ts';
import { containerSpec, type ContainerLimits } from './container-spec.ts';
import { sandboxLabels } from './labels.ts';
import { type LaunchedContainer, SandboxHoldings } from './launched-container.ts';
import type { Leftovers } from './leftovers.ts';
import { OutputPipe } from './output-pipe.ts';
import { postureDifferences } from './posture.ts';
import { ResourceAccount } from './resource-account.ts';
import { SocketChannelListener } from './socket-channel.ts';
import { Turnstile } from './turnstile.ts';
import type { UidAllocator } from './uid-allocator.ts';

export interface LauncherOptions {
  readonly engine: Engine;
  readonly runtimes: {
    find(name: string): Runtime | undefined;
    imageOf(runtime: Runtime): Promise<string>;
    forget(name: string): void;
  };
  readonly uids: UidAllocator;
  readonly leftovers: Leftovers;
  /** Host folder for the sandboxes' own folders; a short path, see unix(7). */
  readonly runDirectory: string;
  readonly shimDirectory: string;
  readonly seccompProfile: string;
  readonly instanceId: string;
  readonly cgroupParent: string;
  readonly engineRuntime: string;
  /** Most containers that are being started at a time: more would only make each slower. */
  readonly maxStarts: number;
  readonly startTimeoutMs: number;
  readonly onPostureMismatch: (sandboxId: string, differences: readonly string[]) => void;
}

/** A container to start. */
export interface LaunchOrder {
  readonly runtime: string;
  readonly limits: ContainerLimits;
  /** What it will run; undefined for one that is prepared before anybody knows. */
  readonly version: FunctionVersion | undefined;
  /** Host folder that the sandbox sees as its code. */
  readonly codeDirectory: string;
  /** Whether that folder is made for this container, empty, and goes with it. */
  readonly ownsCode: boolean;
}

/** Starts containers, up to the point where a shim has said hello over its channel and the container is what was asked for. */
export class Launcher {
  readonly #options: LauncherOptions;
  readonly #live = new Set<string>();
  readonly #starts: Turnstile;

  constructor(options: LauncherOptions) {
    this.#options = options;
    this.#starts = new Turnstile(options.maxStarts);
  }

  /** Whether a sandbox is being started, lives, or waits to be removed. */
  isLive(sandboxId: string): boolean {
    return this.#live.has(sandboxId);
  }

  /**
   * @throws SraasError RUNTIME_NOT_READY, ENGINE_UNAVAILABLE, SANDBOX_START_FAILED. Nothing is left behind then.
   */
  async launch(sandboxId: string, order: LaunchOrder): Promise<LaunchedContainer> {
    const { engine, uids, leftovers, runDirectory } = this.#options;
    const uid = uids.take();
    this.#live.add(sandboxId);
    const directory = join(runDirectory, sandboxId);
    const holdings = new SandboxHoldings({
      engine,
      directories: order.ownsCode ? [directory, order.codeDirectory] : [directory],
      onGone: () => {
        uids.giveBack(uid);
        this.#live.delete(sandboxId);
      },
      onLeftover: (retry, error) => {
        leftovers.add(sandboxId, retry, error);
      },
    });
    try {
      return await this.#starts.pass(() => this.#launch(sandboxId, order, uid, directory, holdings));
    } catch (error) {
      await holdings.release();
      throw this.#explain(error, order.runtime);
    }
  }

  async #launch(
    sandboxId: string,
    order: LaunchOrder,
    uid: number,
    directory: string,
    holdings: SandboxHoldings,
  ): Promise<LaunchedContainer> {
    const { engine, runtimes, startTimeoutMs } = this.#options;
    const runtime = runtimes.find(order.runtime);
    if (runtime === undefined) {
      throw new SraasError('RUNTIME_NOT_READY', `This server no longer has the runtime ${order.runtime}.`);
    }
    const image = await runtimes.imageOf(runtime);
    // Searchable for the sandbox's user, through the mount; the folder above it is closed to everybody else.
    await mkdir(directory, { mode: 0o711 });
    if (order.ownsCode) await mkdir(order.codeDirectory, { mode: 0o755 });
    const output = holdings.holdOutput(await OutputPipe.make(join(directory, sandboxPaths.outputFifo)));
    const listener = holdings.hold(await SocketChannelListener.listen(join(directory, sandboxPaths.channelSocket)));

    const spec = containerSpec({
      ...this.#options,
      sandboxId,
      runtime,
      image,
      uid,
      limits: order.limits,
      labels: sandboxLabels(this.#options.instanceId, sandboxId, order.version),
      codeDirectory: order.codeDirectory,
      channelDirectory: directory,
    });
    const id = await engine.create(spec);
    holdings.holdContainer(id);
    await engine.start(id);
    const [channel, processId] = await Promise.all([
      this.#firstOf(this.#greeted(listener, runtime, holdings), id, startTimeoutMs),
      this.#checkPosture(id, spec, sandboxId),
    ]);
    const account = await ResourceAccount.open(processId);
    if (account !== undefined) holdings.hold(account);
    return {
      codeDirectory: order.codeDirectory,
      channel,
      output,
      account,
      exit: (withinMs) => engine.wait(id, withinMs),
      knockAtEngine: () => engine.knock(),
      pause: () => engine.pause(id),
      resume: () => engine.resume(id),
      kill: () => holdings.kill(),
      release: () => holdings.release(),
    };
  }

  /** Waits for the shim's hello, and checks that it speaks our language. */
  async #greeted(listener: SocketChannelListener, runtime: Runtime, holdings: SandboxHoldings): Promise<Channel> {
    const channel = holdings.hold(await listener.accept(maxShimFrameBytes(0)));
    return new Promise((resolve, reject) => {
      channel.onFrame = (frame) => {
        if (frame.type !== 'hello') reject(new Error(`The shim began with a ${frame.type} frame`));
        else if (frame.protocol !== protocolVersion) reject(new Error('The shim speaks another protocol version'));
        else if (frame.language !== runtime.language) reject(new Error('The shim is for another language'));
        else resolve(channel);
      };
      channel.onClosed = (violation) => {
        reject(new Error(violation ?? 'The shim went away before it said hello'));
      };
    });
  }

  /** A shim that never comes is a container that ended, or one that hangs. */
  async #firstOf(greeted: Promise<Channel>, id: ContainerId, timeoutMs: number): Promise<Channel> {
    const ended = this.#options.engine.wait(id, timeoutMs).then(
      (exit) => {
        throw new Error(`The container ended with exit code ${exit.exitCode} before its shim said hello`);
      },
      (error: unknown) => {
        if (!(error instanceof EngineError) || error.code !== 'timeout') throw error;
        throw new Error(`The shim did not say hello within ${timeoutMs} ms`, { cause: error });
      },
    );
    // Whichever loses the race may still reject, which is nobody's concern any more.
    ended.catch(() => undefined);
    greeted.catch(() => undefined);
    return await Promise.race([greeted, ended]);
  }

  /** Compares what the engine recorded with what was asked for. Resolves with the container's process id on the host. */
  async #checkPosture(id: ContainerId, spec: ContainerSpec, sandboxId: string): Promise<number> {
    const recorded = await this.#options.engine.inspect(id, spec);
    const differences = postureDifferences(spec, recorded);
    if (differences.length === 0) return recorded.processId;
    this.#options.onPostureMismatch(sandboxId, differences);
    throw new Error('The engine did not record the hardening that was asked for');
  }

  #explain(error: unknown, runtimeName: string): unknown {
    if (error instanceof SraasError) return error;
    if (!(error instanceof EngineError)) {
      return new SraasError(
        'SANDBOX_START_FAILED',
        'The sandbox could not be started; the server log has the reason.',
        {
          cause: error,
        },
      );
    }
    if (error.code !== 'image_not_found') return explainEngineError(error);
    this.#options.runtimes.forget(runtimeName);
    return new SraasError(
      'RUNTIME_NOT_READY',
      `The image of ${runtimeName} is gone; an operator can make it again with \`npx sraas images build ${runtimeName}\`.`,
      { cause: error },
    );
  }
}
