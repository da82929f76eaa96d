import { randomUUID } from 'node:crypto';
import { renameSync } from 'node:fs';
import { mkdir, readdir, rename, stat, utimes } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { syncPath, syncPaths } from '../durable.ts';
import { isErrno } from '../errno.ts';
import { failpoint } from '../failpoints.ts';
import type { ArtifactFile } from './artifact-file.ts';
import { isArtifactHash, type ArtifactHash } from './artifact-hash.ts';
import { treeName } from './build-artifact.ts';
import { removeTree } from './remove-tree.ts';
import type { StagingFolder } from './staging.ts';
import { storageError } from './storage-error.ts';

/** The folders of committed artifacts, each called by its hash. A folder's own time is when it was last known to be needed. */
export class KeptArtifacts {
  readonly #directory: string;
  /** Where a folder goes that is being removed. What a crash leaves there is removed at the next start. */
  readonly #graveyard: string;
  /** Hashes that are being committed, with how often: collection leaves them alone. */
  readonly #pinned = new Map<ArtifactHash, number>();
  /** Hashes that are being removed: a commit waits for them. */
  readonly #removing = new Map<ArtifactHash, Promise<boolean>>();

  constructor(directory: string, graveyard: string) {
    this.#directory = directory;
    this.#graveyard = graveyard;
  }

  async open(): Promise<void> {
    await mkdir(this.#directory, { recursive: true, mode: 0o700 });
  }

  directoryOf(hash: ArtifactHash): string {
    return join(this.#folderOf(hash), treeName);
  }

  async has(hash: ArtifactHash): Promise<boolean> {
    try {
      return (await stat(this.directoryOf(hash))).isDirectory();
    } catch (error) {
      if (isErrno(error, 'ENOENT')) return false;
      throw error;
    }
  }

  /**
   * Durable when it resolves. The staging folder is gone afterwards, whatever happens. Throws `INSUFFICIENT_STORAGE`.
   * @param files All files of the tree.
   */
  async keep(hash: ArtifactHash, folder: StagingFolder, files: readonly Pick<ArtifactFile, 'path'>[]): Promise<void> {
    this.#pin(hash, 1);
    try {
      await this.#removing.get(hash)?.catch(() => undefined);
      if (await this.has(hash)) await touch(this.#folderOf(hash));
      else {
        await Promise.all([syncPaths(pathsOf(folder, files)), touch(folder.path)]);
        failpoint('artifact.fsynced');
        await this.#moveIn(hash, folder);
        failpoint('artifact.renamed');
      }
      // Also for a folder that was there: the commit that made it may not have come this far.
      await syncPath(this.#directory);
      failpoint('artifact.kept');
    } catch (error) {
      throw storageError(error);
    } finally {
      this.#pin(hash, -1);
      await folder.remove();
    }
  }

  /**
   * Removes what is not in use, and was neither committed nor found in use within `olderThanMs`; returns how many. What is in
   * use is marked so for the next time.
   */
  async collect(inUse: ReadonlySet<ArtifactHash>, olderThanMs: number): Promise<number> {
    let removed = 0;
    for (const name of await readdir(this.#directory)) {
      if (!isArtifactHash(name) || this.#pinned.has(name) || this.#removing.has(name)) continue;
      if (inUse.has(name)) {
        await touch(this.#folderOf(name));
        continue;
      }
      // From here until it settles, a commit of this hash waits: so it can't find a folder that is about to go.
      const removal = this.#removeIfOlder(name, olderThanMs).finally(() => this.#removing.delete(name));
      this.#removing.set(name, removal);
      if (await removal) removed += 1;
    }
    return removed;
  }

  #pin(hash: ArtifactHash, change: 1 | -1): void {
    const pins = (this.#pinned.get(hash) ?? 0) + change;
    if (pins === 0) this.#pinned.delete(hash);
    else this.#pinned.set(hash, pins);
  }

  async #moveIn(hash: ArtifactHash, folder: StagingFolder): Promise<void> {
    try {
      renameSync(folder.path, this.#folderOf(hash));
      folder.hasMoved();
    } catch (error) {
      // Another commit of the same content was faster; rename(2) never replaces a folder that holds something.
      if (!isErrno(error, 'EEXIST', 'ENOTEMPTY')) throw error;
      await touch(this.#folderOf(hash));
    }
  }

  async #removeIfOlder(hash: ArtifactHash, olderThanMs: number): Promise<boolean> {
    const { mtimeMs } = await stat(this.#folderOf(hash));
    if (Date.now() - mtimeMs <= olderThanMs) return false;
    // First out of sight by one rename, so that a crash can't leave half of it under its name.
    const grave = join(this.#graveyard, randomUUID());
    await rename(this.#folderOf(hash), grave);
    await removeTree(grave);
    return true;
  }

  #folderOf(hash: ArtifactHash): string {
    // The name becomes a path: what is no hash must never get this far.
    if (!isArtifactHash(hash)) throw new TypeError('An artifact hash has 64 lower-case hex digits.');
    return join(this.#directory, hash);
  }
}

/** All that is in a staged folder, and itself. */
function pathsOf({ path: folder }: StagingFolder, files: readonly Pick<ArtifactFile, 'path'>[]): readonly string[] {
  const paths = new Set([treeName]);
  for (const { path } of files) {
    for (let at = join(treeName, path); !paths.has(at); at = dirname(at)) paths.add(at);
  }
  return [folder, ...[...paths].map((path) => join(folder, path))];
}

async function touch(path: string): Promise<void> {
  const now = new Date();
  await utimes(path, now, now);
}
