import type { ArtifactHash } from '../../artifacts/artifact-hash.ts';
import type { ImageKey, MadeImage } from './made-image.ts';

/**
 * Where the records of built images are kept. Failures are a SraasError, `STORE_UNAVAILABLE` or `INSUFFICIENT_STORAGE`,
 * and changed nothing.
 */
export interface ImageStore {
  /** All of them, those that nothing refers to as well. */
  all(): Promise<readonly MadeImage[]>;
  /** Adds an image or replaces the one of the same key, and starts its time of grace anew. */
  save(image: MadeImage): Promise<void>;
  /** Starts the grace of all images of a recipe anew: somebody is about to use one. */
  touch(recipeHash: string): Promise<void>;
  /**
   * Notes which images no runtime and no version refers to since now, and removes the records of those that were noted
   * before `cutoff`, save the ones that are about to be used.
   * @returns what was removed. Its images may go when no other record names the same one.
   */
  collect(now: Date, cutoff: Date, aboutToBeUsed: ReadonlySet<ImageKey>): Promise<readonly MadeImage[]>;
  /** The build contexts that some record needs for building again. */
  contextsInUse(): Promise<ReadonlySet<ArtifactHash>>;
}
