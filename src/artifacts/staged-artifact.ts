import type { ArtifactFile } from './artifact-file.ts';
import type { ArtifactHash } from './artifact-hash.ts';

/** An artifact that is complete on disk and not yet kept. */
export interface StagedArtifact {
  readonly hash: ArtifactHash;
  /** Sum of the file sizes. */
  readonly sizeBytes: number;
  /** After transpiling, in the order of the canonical listing. */
  readonly files: readonly ArtifactFile[];
  /** Whether stacks should be told through source maps: something was transpiled, or maps came with the upload. */
  readonly hasSourceMaps: boolean;
  /** Folder with the files, fit to be mounted read-only: the staging folder before `commit`, the kept one after it. Gone after `discard`. */
  readonly directory: string;
  /**
   * Keeps it: when this resolves, it survives a crash of the machine. A hash that is there already is a success. Committing again gives
   * the same result. On failure (`INSUFFICIENT_STORAGE` when the disk is full) nothing stays staged.
   */
  commit(): Promise<void>;
  /** Removes what is staged. Idempotent; once `commit` was called it waits for that and changes nothing. */
  discard(): Promise<void>;
}
