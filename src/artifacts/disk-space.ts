import { SraasError } from '../errors.ts';
import { measureDisk, type DiskMeasure } from './disk-state.ts';
import { unwritableDisk } from './storage-error.ts';

/** What is refused while space is short: the larger first, so that the rest goes on for longer. */
export type RefusedWork = 'deploys' | 'async';

/** Undefined is what the file system does not tell. */
export interface DiskState {
  readonly freeBytes: number | undefined;
  readonly freeFiles: number | undefined;
  readonly isWritable: boolean;
  readonly refused: readonly RefusedWork[];
}

interface DiskSpaceOptions {
  /** Any folder on the file system in question. */
  readonly directory: string;
  /** Deploys are refused below this much free space, async invocations below half of it. 0 for no marks at all. */
  readonly lowBytes: number;
  /** Whether async invocations that wait take space on this disk. */
  readonly keepsWork: boolean;
  /** The file system's own figures when left out. */
  readonly measure?: (directory: string) => Promise<DiskMeasure>;
}

/** Deploys are refused when fewer files than these can be made: each is some, and the packages of one are thousands. */
const fewFiles = 1000;

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
    const { directory, lowBytes, keepsWork, measure = measureDisk } = this.#options;
    const disk = await measure(directory).catch(() => undefined);
    const { freeBytes, freeFiles, isWritable = true } = disk ?? {};
    const refused: RefusedWork[] = [];
    const isShort = freeBytes !== undefined && freeBytes < lowBytes;
    if (!isWritable || isShort || hasFewFiles(freeFiles, lowBytes)) refused.push('deploys');
    if (keepsWork && (!isWritable || (freeBytes !== undefined && freeBytes < lowBytes / 2))) refused.push('async');
    return { freeBytes, freeFiles, isWritable, refused };
  }

  /** @throws SraasError `INSUFFICIENT_STORAGE`, `STORE_UNAVAILABLE` when new work of this kind has no place. */
  async requireRoomFor(work: RefusedWork): Promise<void> {
    const { freeFiles, isWritable, refused } = await this.look();
    if (!refused.includes(work)) return;
    if (!isWritable) throw unwritableDisk();
    const what = work === 'deploys' ? 'Deploys are' : 'Async invocations are';
    // Async work makes no files, and is refused for want of bytes alone.
    const wantsFiles = work === 'deploys' && hasFewFiles(freeFiles, this.#options.lowBytes);
    const lacks = wantsFiles
      ? 'has hardly any room for further files (inodes): remove functions that are not needed, or give it more.'
      : 'is nearly full: remove functions that are not needed, give it more space, or lower --low-disk-mb.';
    throw new SraasError('INSUFFICIENT_STORAGE', `${what} refused while the disk of the data directory ${lacks}`, {
      retryAfterSeconds: 60,
    });
  }
}

function hasFewFiles(freeFiles: number | undefined, lowBytes: number): boolean {
  return lowBytes > 0 && freeFiles !== undefined && freeFiles < fewFiles;
}
