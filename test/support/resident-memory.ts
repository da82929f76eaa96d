import { readFile, writeFile } from 'node:fs/promises';
import type { ServerProcess } from './server-process.ts';

/** The memory of a server's process as the kernel counts it. */
export class ResidentMemory {
  readonly #folder: string;

  constructor({ child }: Pick<ServerProcess, 'child'>) {
    this.#folder = `/proc/${String(child.pid)}`;
  }

  /** What is resident now, in MiB. */
  now(): Promise<number> {
    return this.#figure('VmRSS');
  }

  /** The most that was resident since the last `forgetPeak`, in MiB. */
  peak(): Promise<number> {
    return this.#figure('VmHWM');
  }

  /** Source: proc(5), clear_refs. */
  async forgetPeak(): Promise<void> {
    await writeFile(`${this.#folder}/clear_refs`, '5');
  }

  async #figure(name: string): Promise<number> {
    const status = await readFile(`${this.#folder}/status`, 'utf8');
    return Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1]) / 1024;
  }
}
