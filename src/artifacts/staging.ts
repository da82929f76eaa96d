import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { SraasError } from '../errors.ts';
import { removeTree } from './remove-tree.ts';
import { storageError } from './storage-error.ts';

/** A folder of its own for one upload, which nothing else writes to. */
export interface StagingFolder {
  readonly path: string;
  /** Aborted with the error `DRAINING` when the store closes: long work asks now and then. */
  readonly closing: AbortSignal;
  /** Idempotent. */
  remove(): Promise<void>;
  /** Tells that it has another name now, where it stays: there is nothing left to remove. */
  hasMoved(): void;
}

/** Hands out folders for what is not kept yet, and knows which are left when the server stops or starts. */
export class Staging {
  readonly directory: string;
  readonly #folders = new Set<StagingFolder>();
  readonly #working = new Set<Promise<unknown>>();
  readonly #closing = new AbortController();

  constructor(directory: string) {
    this.directory = directory;
  }

  async open(): Promise<void> {
    await mkdir(this.directory, { recursive: true, mode: 0o700 });
    for (const name of await readdir(this.directory)) await removeTree(join(this.directory, name));
  }

  /**
   * Makes a folder and lets `work` fill it. If that throws, the folder is removed; else its `remove` is left to whoever got the result.
   * Throws what `work` throws, a full disk as `INSUFFICIENT_STORAGE`.
   */
  async use<Result>(work: (folder: StagingFolder) => Promise<Result>): Promise<Result> {
    const working = this.#fill(work);
    this.#working.add(working);
    try {
      return await working;
    } finally {
      this.#working.delete(working);
    }
  }

  async close(): Promise<void> {
    this.#closing.abort(new SraasError('DRAINING', 'The server is shutting down: deploy again once it is back.'));
    await Promise.allSettled(this.#working);
    await Promise.all([...this.#folders].map((folder) => folder.remove()));
  }

  async #fill<Result>(work: (folder: StagingFolder) => Promise<Result>): Promise<Result> {
    const folder = this.#folder();
    try {
      folder.closing.throwIfAborted();
      // Less work than to have another thread do it.
      mkdirSync(folder.path, { mode: 0o700 });
      return await work(folder);
    } catch (error) {
      await folder.remove();
      throw storageError(error);
    }
  }

  #folder(): StagingFolder {
    const path = join(this.directory, randomUUID());
    let isThere = true;
    const folder: StagingFolder = {
      path,
      closing: this.#closing.signal,
      remove: async () => {
        if (isThere) await removeTree(path);
        this.#folders.delete(folder);
      },
      hasMoved: () => {
        isThere = false;
      },
    };
    this.#folders.add(folder);
    return folder;
  }
}
