import { randomBytes } from 'node:crypto';
import { open, statfs, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { SraasError } from '../../errors.ts';

/** More than the log grows by before SQLite begins it anew: 1,000 pages of 4 KiB by default (its `wal_autocheckpoint`). */
const reserveBytes = 5 * 1024 * 1024;
const pieceBytes = 256 * 1024;

/**
 * Space on the disk of a database that is given up for what makes room: on a disk that is full, a removal could not be
 * written down either. A file of that size is all there is to it.
 */
export class Reserve {
  readonly #path: string;
  readonly #directory: string;
  #spending: Promise<unknown> = Promise.resolve();

  constructor(directory: string) {
    this.#directory = directory;
    this.#path = join(directory, 'reserve');
  }

  /** Gives the space up if the disk is full: not even a start goes without some. */
  async freeWhenFull(): Promise<void> {
    const { bavail, bsize } = await statfs(this.#directory);
    if (bavail * bsize < reserveBytes) await this.#free();
  }

  /** Takes what is missing, or as much of it as there is. Never fails: a store without a reserve is a store. */
  async take(): Promise<void> {
    try {
      const file = await open(this.#path, 'a', 0o600);
      try {
        let { size } = await file.stat();
        // Bytes that no file system can shorten: those that compress do so within less than a piece.
        const piece = size < reserveBytes ? randomBytes(pieceBytes) : Buffer.alloc(0);
        for (; size < reserveBytes; size += pieceBytes) await file.appendFile(piece);
      } finally {
        await file.close();
      }
    } catch {
      // The disk is full, or cannot be written to: whoever needs it hears of that by themselves.
    }
  }

  /** Does something once more with the space of the reserve, when it failed because the disk is full. One at a time. */
  async spendOn<Result>(removal: () => Promise<Result>): Promise<Result> {
    try {
      return await removal();
    } catch (error) {
      if (!(error instanceof SraasError && error.code === 'INSUFFICIENT_STORAGE')) throw error;
    }
    const spending = this.#spending.then(async () => {
      await this.#free();
      try {
        return await removal();
      } finally {
        await this.take();
      }
    });
    this.#spending = spending.catch(() => undefined);
    return await spending;
  }

  async #free(): Promise<void> {
    // Where there is none, there is nothing to give up.
    await truncate(this.#path).catch(() => undefined);
  }
}
