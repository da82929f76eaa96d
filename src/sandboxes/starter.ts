import { randomBytes } from 'node:crypto';
import type { LaunchedContainer } from './launched-container.ts';
import type { Launcher } from './launcher.ts';
import type { PreparedSandboxes } from './prepared.ts';
import { Sandbox } from './sandbox.ts';
import type { Started } from './started.ts';
import type { Workload } from './workload.ts';

interface StarterOptions {
  readonly launcher: Launcher;
  readonly prepared: PreparedSandboxes;
  readonly initTimeoutMs: number;
}

/** Turns a workload into a sandbox with its handler loaded: on a prepared container if one waits, else on a new one. */
export class Starter {
  readonly #options: StarterOptions;

  constructor(options: StarterOptions) {
    this.#options = options;
  }

  /** @throws SraasError what a launch can fail with. How loading ended is in what it resolves with. */
  async start(workload: Workload, signal: AbortSignal): Promise<Started> {
    const began = performance.now();
    const { id, container } = (await this.#options.prepared.take(workload)) ?? (await this.#launch(workload));
    const sandbox = new Sandbox(id, workload.version, container);
    const finished = await sandbox.load(this.#options.initTimeoutMs, signal);
    sandbox.initMs = performance.now() - began;
    if (finished.ending.cause === 'engine_lost') {
      await sandbox.destroy();
      throw finished.ending.error;
    }
    return { sandbox, finished };
  }

  async #launch({ version, codeDirectory }: Workload): Promise<{ id: string; container: LaunchedContainer }> {
    const id = randomBytes(8).toString('hex');
    const { runtime, limits } = version.config;
    const order = { runtime, limits, version, codeDirectory, ownsCode: false };
    return { id, container: await this.#options.launcher.launch(id, order) };
  }
}
