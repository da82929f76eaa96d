import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { maxShimFrameBytes, protocolVersion } from '../../runtime/protocol.ts';
import type { ContainerSpec } from '../engine/container.ts';
import type { ContainerId, Engine } from '../engine/engine.ts';
import { EngineError } from '../engine/engine-error.ts';
import { explainEngineError } from '../engine/explain-engine-error.ts';
import { SraasError } from '../errors.ts';
import { failpoint } from '../failpoints.ts';
import type { FunctionConfig, FunctionVersion } from '../functions/function.ts';
import { lostImageSentence } from '../runtimes/lost-image.ts';
import type { HandlerRuntime } from '../runtimes/runtime.ts';
import type { Channel } from './channel.ts';
import type { Line, Transport } from './channel-transport.ts';
import { containerSpec, type ContainerLimits } from './container-spec.ts';
import type { ContainerOrder } from './container-order.ts';
import { type Egress, type NetworkAttachment, requireEgress } from './egress.ts';
import { sandboxLabels } from './labels.ts';
import { type LaunchedContainer, SandboxHoldings } from './launched-container.ts';
import type { Leftovers } from './leftovers.ts';
import { postureDifferences } from './posture.ts';
import { ProgramContainer } from './program-container.ts';
import type { ProgramOrder } from './program-order.ts';
import { programSpec } from './program-spec.ts';
import { ProgramStreams } from './program-streams.ts';
import { ResourceAccount } from './resource-account.ts';
import { Turnstile } from './turnstile.ts';
import type { UidAllocator } from './uid-allocator.ts';

export interface LauncherOptions {
  readonly engine: Engine;
  readonly runtimes: {
    find(name: string): HandlerRuntime | undefined;
    imageOf(runtime: HandlerRuntime): Promise<string>;
    forget(name: string): void;
  };
  readonly uids: UidAllocator;
  readonly leftovers: Leftovers;
  /** The transport that is right for the engine. Rejects with an EngineError while that cannot be told. */
  readonly transport: () => Promise<Transport>;
  /** Host folder for the sandboxes' own folders; a short path, see unix(7). */
  readonly runDirectory: string;
  readonly shimDirectory: string;
  readonly seccompProfile: string;
  readonly instanceId: string;
  /** Of the worker that this is; left out by the server. */
  readonly workerNumber?: number | undefined;
  readonly cgroupParent: string;
  readonly engineRuntime: string;
  /** Most containers that are being started at a time: more would only make each slower. */
  readonly maxStarts: number;
  readonly startTimeoutMs: number;
  /** Undefined where no sandbox gets a network. */
  readonly egress?: Egress | undefined;
  readonly onPostureMismatch: (sandboxId: string, differences: readonly string[]) => void;
}

/** A container to start. */
export interface LaunchOrder {
  readonly runtime: string;
  readonly limits: ContainerLimits;
  /** `none` when left out. */
  readonly network?: FunctionConfig['network'];
  /** What it will run; undefined for one that is prepared before anybody knows. */
  readonly version: FunctionVersion | undefined;
  /** Host folder that the sandbox sees as its code. */
  readonly codeDirectory: string;
  /** Whether that folder is made for this container, empty, and goes with it. */
  readonly ownsCode: boolean;
  /** What is to be tried before any runtime goes by its name; left out by all else. */
  readonly candidate?: { readonly runtime: HandlerRuntime; readonly image: string };
}

/** A shim that has said hello. */
interface Greeting {
  readonly channel: Channel;
  /** Of its interpreter, in its own words. */
  readonly languageVersion: string;
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
    const directory = join(this.#options.runDirectory, sandboxId);
    const directories = order.ownsCode ? [directory, order.codeDirectory] : [directory];
    return await this.#acquire(sandboxId, { runtime: order.runtime, directories }, (uid, holdings) =>
      this.#launch(sandboxId, order, uid, directory, holdings),
    );
  }

  /**
   * Makes a program's container, up to the point where only its start is missing and it is what was asked for.
   * @throws SraasError RUNTIME_NOT_READY, ENGINE_UNAVAILABLE, SANDBOX_START_FAILED. Nothing is left behind then.
   */
  async prepareProgram(sandboxId: string, order: ProgramOrder): Promise<ProgramContainer> {
    return await this.prepareContainer(sandboxId, {
      ...order,
      specOf: (plan) => programSpec({ ...plan, ...order, network: plan.network }),
    });
  }

  /**
   * As {@link prepareProgram}, for a container that somebody else describes: with the walls that its plan is for.
   * @throws SraasError as there.
   */
  async prepareContainer(sandboxId: string, order: ContainerOrder): Promise<ProgramContainer> {
    const { engine, instanceId, workerNumber } = this.#options;
    return await this.#acquire(sandboxId, { runtime: order.runtime, directories: [] }, async (uid, holdings) => {
      const labels = sandboxLabels(instanceId, sandboxId, order.version, workerNumber);
      const network = await this.#attachment(order.network);
      const spec = order.specOf({ ...this.#options, network, sandboxId, uid, labels });
      const id = await engine.create(spec);
      holdings.holdContainer(id);
      // A program has no shim that would wait: it must not start before this is known.
      await this.#checkPosture(id, spec, sandboxId);
      const streams = new ProgramStreams();
      const attachment = holdings.hold(await engine.attach(id, streams));
      return new ProgramContainer({ engine, id, spec, attachment, streams, holdings });
    });
  }

  /** Takes a user id and a place among the starts for some work, and leaves nothing behind when it fails. */
  async #acquire<T>(
    sandboxId: string,
    { runtime, directories }: { readonly runtime: string; readonly directories: readonly string[] },
    work: (uid: number, holdings: SandboxHoldings) => Promise<T>,
  ): Promise<T> {
    const { engine, uids, leftovers } = this.#options;
    const uid = uids.take();
    this.#live.add(sandboxId);
    const holdings = new SandboxHoldings({
      engine,
      directories,
      onGone: () => {
        uids.giveBack(uid);
        this.#live.delete(sandboxId);
      },
      onLeftover: (retry, error) => {
        leftovers.add(sandboxId, retry, error);
      },
    });
    try {
      return await this.#starts.pass(() => work(uid, holdings));
    } catch (error) {
      await holdings.release();
      throw this.#explain(error, runtime);
    }
  }

  /** Nobody gets a network whose filter has not been seen in place just before. */
  async #attachment(network: FunctionConfig['network'] = 'none'): Promise<NetworkAttachment | undefined> {
    return network === 'none' ? undefined : requireEgress(this.#options.egress).attachment();
  }

  async #launch(
    sandboxId: string,
    order: LaunchOrder,
    uid: number,
    directory: string,
    holdings: SandboxHoldings,
  ): Promise<LaunchedContainer> {
    const { engine, runtimes, startTimeoutMs, instanceId, workerNumber } = this.#options;
    const runtime = order.candidate?.runtime ?? runtimes.find(order.runtime);
    if (runtime === undefined) {
      throw new SraasError('RUNTIME_NOT_READY', `This server no longer has the runtime ${order.runtime}.`);
    }
    const image = order.candidate?.image ?? (await runtimes.imageOf(runtime));
    const network = await this.#attachment(order.network);
    const transport = await this.#options.transport();
    const line = holdings.hold(await transport.open(directory));
    if (order.ownsCode) await mkdir(order.codeDirectory, { mode: 0o755 });
    failpoint('sandbox.folder_made');

    const spec = containerSpec({
      ...this.#options,
      sandboxId,
      runtime,
      image,
      uid,
      limits: order.limits,
      network,
      labels: sandboxLabels(instanceId, sandboxId, order.version, workerNumber),
      codeDirectory: order.codeDirectory,
      channelDirectory: line.directory,
    });
    const id = await engine.create(spec);
    holdings.holdContainer(id);
    failpoint('sandbox.created');
    await line.attach(id);
    await engine.start(id);
    failpoint('sandbox.started');
    const [{ channel, languageVersion }, processId] = await Promise.all([
      this.#firstOf(this.#greeted(line, runtime, holdings), id, startTimeoutMs),
      this.#checkPosture(id, spec, sandboxId),
    ]);
    const account = await ResourceAccount.open(processId, id);
    if (account !== undefined) holdings.hold(account);
    return {
      codeDirectory: order.codeDirectory,
      channel,
      languageVersion,
      output: line.output,
      account,
      exit: (withinMs) => engine.wait(id, withinMs),
      wasSeenToEnd: async () => {
        await engine.knock();
        return await engine.sawEnd(id);
      },
      pause: () => engine.pause(id),
      resume: () => engine.resume(id),
      kill: () => holdings.kill(),
      release: () => holdings.release(),
    };
  }

  /** Waits for the shim's hello, and checks that it speaks our language. */
  async #greeted(line: Line, runtime: HandlerRuntime, holdings: SandboxHoldings): Promise<Greeting> {
    const channel = holdings.hold(await line.accept(maxShimFrameBytes(0)));
    return new Promise((resolve, reject) => {
      channel.onFrame = (frame) => {
        if (frame.type !== 'hello') reject(new Error(`The shim began with a ${frame.type} frame`));
        else if (frame.protocol !== protocolVersion) reject(new Error('The shim speaks another protocol version'));
        else if (frame.language !== runtime.language) reject(new Error('The shim is for another language'));
        else resolve({ channel, languageVersion: frame.languageVersion });
      };
      channel.onClosed = (violation) => {
        reject(new Error(violation ?? 'The shim went away before it said hello'));
      };
    });
  }

  /** A shim that never comes is a container that ended, or one that hangs. */
  async #firstOf(greeted: Promise<Greeting>, id: ContainerId, timeoutMs: number): Promise<Greeting> {
    const enough = new AbortController();
    const ended = this.#options.engine.wait(id, timeoutMs, enough.signal).then(
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
    try {
      return await Promise.race([greeted, ended]);
    } finally {
      // Otherwise the engine would have one more question open for each sandbox, and answer it when that is removed.
      enough.abort();
    }
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
    return new SraasError('RUNTIME_NOT_READY', lostImageSentence(runtimeName), { cause: error });
  }
}
