import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { archiveFiles } from '../artifacts/archive-files.ts';
import type { ArtifactFile } from '../artifacts/artifact-file.ts';
import { ArtifactStore, type ArtifactHash } from '../artifacts/artifact-store.ts';
import type { ArtifactLimits } from '../artifacts/limits.ts';
import { removeTree } from '../artifacts/remove-tree.ts';
import { syncPath } from '../durable.ts';
import { isErrno } from '../errno.ts';

/** The packages of one install, kept. */
export interface KeptPackages {
  readonly hash: ArtifactHash;
  readonly sizeBytes: number;
  readonly files: readonly ArtifactFile[];
}

interface PackageCacheOptions {
  readonly directory: string;
  readonly limits: ArtifactLimits;
  /** Most bytes of an install's tar, which is more than its files have. */
  readonly packedBytes: number;
  /** The least recently used go beyond this. */
  readonly maxBytes: number;
  /** Those not used for so long go too. */
  readonly maxAgeMs: number;
}

/** What was just found or kept is about to be copied into a function's code: it stays so long, whatever the caps say. */
const inUseMs = 600_000;

/**
 * Installed packages by what they were installed from. `keys/<key>.json` names what `artifacts/<hash>` holds, and is written after
 * it: an entry is whole, or is not there. The time of a key's file is when it was last used. One process at a time.
 */
export class PackageCache {
  readonly #options: PackageCacheOptions;
  readonly #artifacts: ArtifactStore;
  readonly #keys: string;
  readonly #incoming: string;
  /** Keeping and removing take turns: what is kept has no key for a moment. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(options: PackageCacheOptions) {
    this.#options = options;
    this.#artifacts = new ArtifactStore(options.directory, options.limits);
    this.#keys = join(options.directory, 'keys');
    this.#incoming = join(options.directory, 'incoming');
  }

  /** Makes the folders, and removes what a crash left and what has become too old. Call it before anything else. */
  async open(): Promise<void> {
    await mkdir(this.#keys, { recursive: true, mode: 0o700 });
    await removeTree(this.#incoming);
    await mkdir(this.#incoming, { mode: 0o700 });
    await this.#artifacts.open();
    await this.prune();
  }

  /** A path for an archive that is not there yet. Whoever makes it removes it. */
  archivePath(): string {
    return join(this.#incoming, `${randomUUID()}.tar`);
  }

  directoryOf({ hash }: KeptPackages): string {
    return this.#artifacts.directoryOf(hash);
  }

  async find(key: string): Promise<KeptPackages | undefined> {
    const packages = await this.#read(key);
    if (packages === undefined) return undefined;
    if (!(await this.#artifacts.has(packages.hash))) return undefined;
    const now = new Date();
    await utimes(this.#path(key), now, now);
    return packages;
  }

  /**
   * Checks an archive as if it had been uploaded, and keeps what is in it under a key. Durable when it resolves.
   * @throws SraasError `INVALID_ARTIFACT`, `ARTIFACT_TOO_LARGE`, `INSUFFICIENT_STORAGE`, `DRAINING`.
   */
  keep(key: string, archivePath: string): Promise<KeptPackages> {
    return this.#inTurn(async () => {
      const limits = { ...this.#options.limits, uploadBytes: this.#options.packedBytes };
      const staged = await this.#artifacts.stage(archiveFiles(archivePath, limits), { language: 'other' });
      try {
        await staged.commit();
      } finally {
        await staged.discard();
      }
      const { hash, sizeBytes, files } = staged;
      const packages: KeptPackages = { hash, sizeBytes, files };
      await this.#write(key, packages);
      return packages;
    });
  }

  /** Removes what is beyond the caps, the least recently used first. */
  prune(): Promise<void> {
    return this.#inTurn(async () => {
      const { maxBytes, maxAgeMs } = this.#options;
      const inUse = new Set<ArtifactHash>();
      let bytes = 0;
      for (const { key, usedMs } of await this.#byUse()) {
        const packages = await this.#read(key);
        const ageMs = Date.now() - usedMs;
        const addedBytes = packages === undefined || inUse.has(packages.hash) ? 0 : packages.sizeBytes;
        const fits = ageMs <= maxAgeMs && bytes + addedBytes <= maxBytes;
        if (packages !== undefined && (fits || ageMs < inUseMs)) {
          inUse.add(packages.hash);
          bytes += addedBytes;
        } else await rm(this.#path(key), { force: true });
      }
      await this.#artifacts.collect(inUse, 0);
    });
  }

  async close(): Promise<void> {
    await this.#artifacts.close();
    await this.#turn;
  }

  #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const working = this.#turn.then(work);
    this.#turn = working.catch(() => undefined);
    return working;
  }

  async #byUse(): Promise<readonly { readonly key: string; readonly usedMs: number }[]> {
    const names = (await readdir(this.#keys)).filter((name) => /^[0-9a-f]{64}\.json$/.test(name));
    const entries = await Promise.all(
      names.map(async (name) => ({
        key: name.slice(0, -'.json'.length),
        usedMs: (await stat(join(this.#keys, name))).mtimeMs,
      })),
    );
    return entries.sort((a, b) => b.usedMs - a.usedMs);
  }

  async #read(key: string): Promise<KeptPackages | undefined> {
    try {
      return JSON.parse(await readFile(this.#path(key), 'utf8')) as KeptPackages;
    } catch (error) {
      if (isErrno(error, 'ENOENT') || error instanceof SyntaxError) return undefined;
      throw error;
    }
  }

  async #write(key: string, packages: KeptPackages): Promise<void> {
    const fresh = join(this.#incoming, randomUUID());
    await writeFile(fresh, JSON.stringify(packages), { flag: 'wx', mode: 0o600, flush: true });
    await rename(fresh, this.#path(key));
    await syncPath(this.#keys);
  }

  #path(key: string): string {
    return join(this.#keys, `${key}.json`);
  }
}
