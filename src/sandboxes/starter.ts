import { randomBytes } from 'node:crypto';
import { SraasError } from '../errors.ts';
import type { FunctionConfig } from '../functions/function.ts';
import type { ProgramRuntime } from '../runtimes/runtimes.ts';
import type { LaunchedContainer } from './launched-container.ts';
import type { Launcher } from './launcher.ts';
import type { PreparedSandboxes } from './prepared.ts';
import type { ProgramOrder } from './program-order.ts';
import { eventIntoProgram, ProgramSandbox } from './program-sandbox.ts';
import type { ProgramWork } from './program-work.ts';
import type { ReadyProgram } from './ready-program.ts';
import { Sandbox } from './sandbox.ts';
import { ShimProgram } from './shim-program.ts';
import type { Started } from './started.ts';
import { runtimeOf, type Workload } from './workload.ts';

/** Where the values of secrets come from. */
export interface SecretSource {
  /** The variables that a config makes of secrets. @throws SraasError INVALID_SECRET, STORE_UNAVAILABLE */
  environmentOf(config: Pick<FunctionConfig, 'secrets'>): Promise<Readonly<Record<string, string>>>;
}

export interface StarterOptions {
  readonly launcher: Launcher;
  readonly prepared: PreparedSandboxes;
  readonly initTimeoutMs: number;
  readonly secrets: SecretSource;
  /** The runtimes that are programs, by their names in sandboxes. */
  readonly programs: {
    find(name: string): ProgramRuntime | undefined;
    imageOf(runtime: ProgramRuntime): Promise<string>;
  };
}

interface Prepared {
  readonly id: string;
  readonly program: ReadyProgram;
}

/**
 * Turns a workload into a sandbox: with its handler loaded, on a prepared container if one waits, else on a new one; or with
 * its program ready to start.
 */
export class Starter {
  readonly #options: StarterOptions;

  constructor(options: StarterOptions) {
    this.#options = options;
  }

  /** @throws SraasError what a launch can fail with. How loading ended is in what it resolves with. */
  async start(workload: Workload, signal: AbortSignal): Promise<Started> {
    const began = performance.now();
    await workload.bringCode?.();
    if (workload.program !== undefined) {
      return { sandbox: await this.#prepareWork(workload, workload.program, began) };
    }
    if (workload.version.entry === undefined) return { sandbox: await this.#prepareHandlerProgram(workload, began) };
    const { config } = workload.version;
    // Before there is a container that would have to be removed when this fails.
    const secrets = await this.#options.secrets.environmentOf(config);
    const { id, container } = (await this.#options.prepared.take(workload)) ?? (await this.#launch(workload));
    const sandbox = new Sandbox(id, workload.version, container);
    const finished = await sandbox.load(this.#options.initTimeoutMs, {
      environment: { ...config.env, ...secrets },
      signal,
    });
    sandbox.initMs = performance.now() - began;
    if (finished.ending.cause === 'engine_lost') {
      await sandbox.destroy();
      throw finished.ending.error;
    }
    return { sandbox, finished };
  }

  async #prepareHandlerProgram(workload: Workload, began: number): Promise<ProgramSandbox> {
    const { version } = workload;
    const runtime = this.#options.programs.find(runtimeOf(version));
    if (runtime === undefined) {
      throw new SraasError('RUNTIME_NOT_READY', 'This server no longer has the runtime of this version.');
    }
    const { command } = runtime;
    const environment = version.config.env;
    const { id, program } = await this.#prepareImage(workload, runtime, { command, environment, version });
    return new ProgramSandbox(id, program, performance.now() - began, eventIntoProgram(version));
  }

  /** A program in the place of a handler: behind the shim of a runtime that has one, else in a container of its own. */
  async #prepareWork(workload: Workload, work: ProgramWork, began: number): Promise<ProgramSandbox> {
    const { environment, input, executableTmp } = work;
    const weakening = executableTmp === undefined ? {} : { executableTmp };
    const runtime = this.#options.programs.find(runtimeOf(workload.version));
    const own = work.command.length === 0 ? (runtime?.command ?? []) : work.command;
    const command = [...own, ...work.arguments];
    const { id, program } =
      runtime === undefined
        ? await this.#prepareShim(workload, { command, environment })
        : await this.#prepareImage(workload, runtime, { command, environment, version: undefined, ...weakening });
    return new ProgramSandbox(id, program, performance.now() - began, () => input);
  }

  async #prepareImage(
    { version, codeDirectory }: Workload,
    runtime: ProgramRuntime,
    order: Pick<ProgramOrder, 'command' | 'environment' | 'version' | 'executableTmp'>,
  ): Promise<Prepared> {
    const { launcher, programs } = this.#options;
    const id = randomBytes(8).toString('hex');
    const { limits, network } = version.config;
    const { workingDirectory, searchPath } = runtime;
    const image = await programs.imageOf(runtime);
    const name = runtimeOf(version);
    const rest = { runtime: name, image, workingDirectory, searchPath, codeDirectory, limits, network };
    return { id, program: await launcher.prepareProgram(id, { ...rest, ...order }) };
  }

  async #prepareShim(
    workload: Workload,
    order: { readonly command: readonly string[]; readonly environment: Readonly<Record<string, string>> },
  ): Promise<Prepared> {
    const { memoryMb } = workload.version.config.limits;
    const { id, container } = (await this.#options.prepared.take(workload)) ?? (await this.#launch(workload));
    return { id, program: new ShimProgram(container, { ...order, memoryBytes: memoryMb * 1024 * 1024 }) };
  }

  async #launch({ version, codeDirectory }: Workload): Promise<{ id: string; container: LaunchedContainer }> {
    const id = randomBytes(8).toString('hex');
    const { limits, network } = version.config;
    const order = { runtime: runtimeOf(version), limits, network, version, codeDirectory, ownsCode: false };
    return { id, container: await this.#options.launcher.launch(id, order) };
  }
}
