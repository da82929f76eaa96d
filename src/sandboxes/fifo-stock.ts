import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The name of the folder beside the sandboxes' own that holds what has been made ahead. */
export const stockFolder = 'fifos';

const batch = 16;
/** With so few left the next ones are made, behind what is going on. */
const fewLeft = 4;

/** Who makes the FIFOs of sandboxes: writable for every user, so only for folders that nobody else can see. */
export interface FifoMaker {
  /** Makes a FIFO at a path where nothing is, on the file system of the sandboxes' folders. */
  makeAt(path: string): Promise<void>;
}

/** Makes each when it is asked for. */
export const fifosOnDemand: FifoMaker = {
  makeAt: (path) => makeFifos([path]),
};

/**
 * FIFOs that have been made ahead. Node makes them by starting a program only, which holds up everything else in the process for
 * milliseconds: once for many sandboxes, and not while somebody waits for one.
 */
export class FifoStock implements FifoMaker {
  readonly #directory: string;
  /** What an earlier process has left may still be there. */
  readonly #name = randomBytes(4).toString('hex');
  #spare: string[] = [];
  #making: Promise<void> | undefined;
  #made = 0;

  /** @param runDirectory The folder of the sandboxes' own folders. Nothing is made before it is needed. */
  constructor(runDirectory: string) {
    this.#directory = join(runDirectory, stockFolder);
  }

  async makeAt(path: string): Promise<void> {
    let spare = this.#spare.pop();
    while (spare === undefined) {
      await this.#make();
      spare = this.#spare.pop();
    }
    try {
      await rename(spare, path);
    } catch {
      // Somebody has tidied up: what else was there has gone as well.
      this.#spare = [];
      await makeFifos([path]);
      return;
    }
    // Whoever finds none left is told why none could be made.
    if (this.#spare.length < fewLeft) this.#make().catch(() => undefined);
  }

  /** Removes what was not used. */
  async close(): Promise<void> {
    await this.#making?.catch(() => undefined);
    this.#spare = [];
    await rm(this.#directory, { recursive: true, force: true });
  }

  #make(): Promise<void> {
    this.#making ??= this.#makeBatch().finally(() => {
      this.#making = undefined;
    });
    return this.#making;
  }

  async #makeBatch(): Promise<void> {
    await mkdir(this.#directory, { recursive: true, mode: 0o700 });
    const paths = Array.from({ length: batch }, () => join(this.#directory, `${this.#name}-${this.#made++}`));
    await makeFifos(paths);
    this.#spare.push(...paths);
  }
}

async function makeFifos(paths: readonly string[]): Promise<void> {
  await run('mkfifo', ['-m', '0622', ...paths]);
}
