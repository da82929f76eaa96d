import { join } from 'node:path';
import type { Readable } from 'node:stream';
import type { ArtifactHash } from './artifact-hash.ts';
import { buildArtifact, treeName, type StageOptions } from './build-artifact.ts';
import { keptFiles } from './kept-files.ts';
import { KeptArtifacts } from './kept-artifacts.ts';
import { limitsOfKeptCode, type ArtifactLimits } from './limits.ts';
import { saveUpload, type ReceivedUpload } from './received-upload.ts';
import type { StagedArtifact } from './staged-artifact.ts';
import { Staging } from './staging.ts';
import type { SharedCode } from './shared-code.ts';
import { packedTree } from './packed-tree.ts';
import { checkedFiles } from './checked-files.ts';
import { tarEntries } from './tar/tar-entries.ts';
import { SraasError } from '../errors.ts';
import { Transpiler } from './typescript/transpiler.ts';
import type { UploadedFile } from './uploaded-file.ts';

export type { ArtifactHash } from './artifact-hash.ts';
export type { ReceivedUpload } from './received-upload.ts';
export type { StagedArtifact } from './staged-artifact.ts';

/**
 * The blob store for code: immutable folders named by their content. `artifacts/<hash>/tree` holds a kept one, `staging/<id>` what is
 * being received or built. A kept folder appears by one rename after all in it is on the disk, so it is whole or not there.
 * One process at a time may use a directory; where several servers share their code, it is kept for the others as well.
 */
export class ArtifactStore {
  readonly #limits: ArtifactLimits;
  readonly #kept: KeptArtifacts;
  readonly #staging: Staging;
  readonly #transpiler = new Transpiler();

  readonly #shared: SharedCode | undefined;
  readonly #coming = new Map<ArtifactHash, Promise<void>>();

  constructor(directory: string, limits: ArtifactLimits, shared?: SharedCode) {
    this.#limits = limits;
    this.#shared = shared;
    this.#staging = new Staging(join(directory, 'staging'));
    this.#kept = new KeptArtifacts(join(directory, 'artifacts'), this.#staging.directory);
  }

  /** Makes the folders, for us alone, and removes what a crash left in staging. Call it before anything else. */
  async open(): Promise<void> {
    await this.#kept.open();
    await this.#staging.open();
  }

  /**
   * Saves an uploaded archive while it arrives. Throws `ARTIFACT_TOO_LARGE` as soon as it is too long, `INSUFFICIENT_STORAGE`, `DRAINING`
   * when the store closes, or the stream's own error; then nothing is kept. Unless the store closes, the stream is not destroyed:
   * whoever owns it decides how to answer.
   */
  receive(stream: Readable): Promise<ReceivedUpload> {
    // It may break off before its first byte is asked for; the iteration then tells, and nobody else needs to be told.
    stream.on('error', () => undefined);
    return this.#staging.use((folder) => saveUpload(stream, folder, this.#limits));
  }

  /**
   * Writes the files, transpiles TypeScript, and names the result. Throws `INVALID_ARTIFACT`, `ARTIFACT_TOO_LARGE`,
   * `INSUFFICIENT_STORAGE`, `DRAINING` once the store closes, or the error of `files`; then nothing is kept.
   */
  stage(files: AsyncIterable<UploadedFile> | Iterable<UploadedFile>, options: StageOptions): Promise<StagedArtifact> {
    return this.#staging.use(async (folder) => {
      const built = await buildArtifact(folder, files, {
        ...options,
        limits: this.#limits,
        transpiler: this.#transpiler,
      });
      const kept = this.#kept;
      let committing: Promise<void> | undefined;
      let directory = join(folder.path, treeName);
      const commit = async (): Promise<void> => {
        await kept.keep(built.hash, folder, built.files);
        directory = kept.directoryOf(built.hash);
        await this.#shared?.put(built.hash, () => packedTree(directory));
      };
      return {
        ...built,
        get directory() {
          return directory;
        },
        commit: () => (committing ??= commit()),
        discard: () => (committing === undefined ? folder.remove() : committing.catch(() => undefined)),
      };
    });
  }

  /** Where a kept artifact's files are. Whether there is one is not asked. */
  directoryOf(hash: ArtifactHash): string {
    return this.#kept.directoryOf(hash);
  }

  /** What files a kept artifact has. @throws SraasError as {@link bring}. */
  async filesOf(hash: ArtifactHash): Promise<readonly { readonly path: string }[]> {
    await this.bring(hash);
    return await keptFiles(this.directoryOf(hash));
  }

  /**
   * Makes sure that a kept artifact's files are here, where another server may have kept them.
   * @throws SraasError `SANDBOX_START_FAILED` when they are nowhere, `STORE_UNAVAILABLE`, `INSUFFICIENT_STORAGE`.
   */
  async bring(hash: ArtifactHash): Promise<void> {
    if (await this.#kept.has(hash)) return;
    const coming = this.#coming.get(hash) ?? this.#fetch(hash).finally(() => this.#coming.delete(hash));
    this.#coming.set(hash, coming);
    await coming;
  }

  has(hash: ArtifactHash): Promise<boolean> {
    return this.#kept.has(hash);
  }

  /**
   * Removes kept artifacts that are not in use, and were neither committed nor found in use by an earlier call within `olderThanMs`;
   * returns how many. That time must be longer than a deploy takes from its commit to its record in the metadata store: it is what
   * protects code between the two.
   */
  collect(inUse: ReadonlySet<ArtifactHash>, olderThanMs: number): Promise<number> {
    return this.#kept.collect(inUse, olderThanMs);
  }

  async #fetch(hash: ArtifactHash): Promise<void> {
    const packed = await this.#shared?.find(hash);
    if (packed === undefined) throw lost(hash);
    await this.#staging.use(async (folder) => {
      const files = checkedFiles(tarEntries(packed), limitsOfKeptCode);
      const options = { language: 'other', limits: limitsOfKeptCode, transpiler: this.#transpiler } as const;
      const built = await buildArtifact(folder, files, options);
      if (built.hash !== hash) throw lost(hash);
      await this.#kept.keep(hash, folder, built.files);
    });
  }

  /** Discards what is still staged, waiting for what is just being written. Nothing can be received or staged afterwards. */
  close(): Promise<void> {
    return this.#staging.close();
  }
}

function lost(hash: ArtifactHash): SraasError {
  return new SraasError(
    'SANDBOX_START_FAILED',
    `The code of this version (${hash.slice(0, 12)}) is lost or damaged: deploy the function again.`,
  );
}
