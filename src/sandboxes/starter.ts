import { randomBytes } from 'node:crypto';
import { SraasError } from '../errors.ts';
import type { FunctionConfig } from '../functions/function.ts';
import type { ProgramRuntime } from '../runtimes/runtimes.ts';
import type { LaunchedContainer } from './launched-container.ts';
import type { Launcher } from './launcher.ts';
import type { PreparedSandboxes } from './prepared.ts';
import { ProgramSandbox } from './program-sandbox.ts';
import { Sandbox } from './sandbox.ts';
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
    if (workload.version.entry === undefined) return { sandbox: await this.#prepareProgram(workload, began) };
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

  async #prepareProgram({ version, codeDirectory }: Workload, began: number): Promise<ProgramSandbox> {
    const { launcher, programs } = this.#options;
    const id = randomBytes(8).toString('hex');
    const { limits, env, network } = version.config;
    const name = runtimeOf(version);
    const runtime = programs.find(name);
    if (runtime === undefined) {
      throw new SraasError('RUNTIME_NOT_READY', 'This server no longer has the runtime of this version.');
    }
    const { command, workingDirectory, searchPath } = runtime;
    const container = await launcher.prepareProgram(id, {
      runtime: name,
      image: await programs.imageOf(runtime),
      version,
      command,
      workingDirectory,
      searchPath,
      environment: env,
      codeDirectory,
      limits,
      network,
    });
    return new ProgramSandbox(id, version, container, performance.now() - began);
  }

  async #launch({ version, codeDirectory }: Workload): Promise<{ id: string; container: LaunchedContainer }> {
    const id = randomBytes(8).toString('hex');
    const { limits, network } = version.config;
    const order = { runtime: runtimeOf(version), limits, network, version, codeDirectory, ownsCode: false };
    return { id, container: await this.#options.launcher.launch(id, order) };
  }
}
