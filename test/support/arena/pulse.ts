import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { SraasClient } from '../../../src/client/sraas-client.ts';
import { findInstallDirectory } from '../../../src/installation.ts';
import type { PulseQuestion, PulseReport, PulseStart } from './pulse-program.ts';

/** Name of the function whose callers must notice nothing. */
export const canaryName = 'canary';

export interface PulseOptions {
  readonly client: SraasClient;
  /** A value of the canary's own environment, which nobody else may ever see. */
  readonly secret: string;
  readonly slowestHealthMs: number;
}

const program = join(import.meta.dirname, 'pulse-program.ts');

/**
 * A function that somebody calls five times a second for as long as this lives, and `/healthz` with it: what an attack does to
 * those who have nothing to do with it shows here.
 */
export class Pulse implements AsyncDisposable {
  /** Hash of the canary's code. */
  readonly codeHash: string;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, codeHash: string) {
    this.#child = child;
    this.codeHash = codeHash;
  }

  /** Starts the program, which may take its time to load while its server starts. */
  static spawn(): ChildProcess {
    const cwd = findInstallDirectory(import.meta.dirname);
    return fork(program, { cwd, execArgv: ['--import', 'tsx'], detached: true });
  }

  /** @param child The program, which is given back by disposing of the pulse. */
  static async start(child: ChildProcess, { client, secret, slowestHealthMs }: PulseOptions): Promise<Pulse> {
    // One sandbox: late answers must not make more of them.
    const config = {
      runtime: 'node24',
      handler: 'main.handler',
      env: { TOKEN: secret },
      concurrency: { max: 1 },
    } as const;
    const source = 'export const handler = ({ n }) => { console.log("canary", n); return n * 2 + 1 }';
    const { code } = await client.deploy(canaryName, config, { files: { 'main.mjs': source } });
    const { invocation } = await client.invoke(canaryName, { event: { n: 0 } });
    if (invocation.outcome !== 'ok') throw new Error(`The canary is ill from the start: ${invocation.outcome}`);
    child.send({ url: client.url, canaryName, slowestHealthMs } satisfies PulseStart);
    const pulse = new Pulse(child, code.sha256);
    const { complaints } = await pulse.#nextReport();
    if (complaints[0] !== undefined) throw new Error(complaints[0]);
    return pulse;
  }

  /** Makes so many more calls, waits for those under way, and tells of all since the last time of asking. */
  async report(calls = 0): Promise<PulseReport> {
    const report = this.#nextReport();
    this.#child.send({ calls } satisfies PulseQuestion);
    return await report;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = once(this.#child, 'exit');
    this.#child.disconnect();
    await ended;
  }

  async #nextReport(): Promise<PulseReport> {
    const settled = new AbortController();
    const { signal } = settled;
    const ended = once(this.#child, 'exit', { signal }).then(() => {
      throw new Error('The program that calls the canary has ended');
    });
    const answered = once(this.#child, 'message', { signal }) as Promise<[PulseReport]>;
    const [report] = await Promise.race([answered, ended]).finally(() => {
      settled.abort();
      ended.catch(() => undefined);
    });
    return report;
  }
}
