import { statfs } from 'node:fs/promises';
import { SraasError } from '../errors.ts';

/** What is refused while space is short: the larger first, so that the rest goes on for longer. */
export type RefusedWork = 'deploys' | 'async';

export interface DiskState {
  /** Undefined where the file system does not tell. */
  readonly freeBytes: number | undefined;
  readonly refused: readonly RefusedWork[];
}

interface DiskSpaceOptions {
  /** Any folder on the file system in question. */
  readonly directory: string;
  /** Deploys are refused below this much free space, async invocations below half of it. 0 for no such mark. */
  readonly lowBytes: number;
  /** Whether async invocations that wait take space on this disk. */
  readonly keepsWork: boolean;
  /** Free bytes for this user; the file system's own figure when left out. */
  readonly measure?: (directory: string) => Promise<number>;
}

/**
 * The free space of the data directory, looked at before something is taken in. What needs little space, deletes above all,
 * goes on below the mark: a disk that is entirely full would stop that too.
 */
export class DiskSpace {
  readonly #options: DiskSpaceOptions;

  constructor(options: DiskSpaceOptions) {
    this.#options = options;
  }

  async look(): Promise<DiskState> {
    const { directory, lowBytes, keepsWork, measure = freeBytesOf } = this.#options;
    const freeBytes = await measure(directory).catch(() => undefined);
    const refused: RefusedWork[] = [];
    if (freeBytes !== undefined && freeBytes < lowBytes) refused.push('deploys');
    if (freeBytes !== undefined && freeBytes < lowBytes / 2 && keepsWork) refused.push('async');
    return { freeBytes, refused };
  }

  /** @throws SraasError `INSUFFICIENT_STORAGE` when new work of this kind has no place. */
  async requireRoomFor(work: RefusedWork): Promise<void> {
    const { refused } = await this.look();
    if (!refused.includes(work)) return;
    const what = work === 'deploys' ? 'Deploys are' : 'Async invocations are';
    throw new SraasError(
      'INSUFFICIENT_STORAGE',
      `${what} refused while the disk of the data directory is nearly full: remove functions that are not needed, give ` +
        'it more space, or lower --low-disk-mb.',
      { retryAfterSeconds: 60 },
    );
  }
}

async function freeBytesOf(directory: string): Promise<number> {
  const { bavail, bsize } = await statfs(directory);
  return bavail * bsize;
}
