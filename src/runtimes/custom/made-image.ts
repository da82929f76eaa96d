import type { ArtifactHash } from '../../artifacts/artifact-hash.ts';
import type { ImageUse } from './image-use.ts';

/** Names what was built and how it serves: `<recipe hash>/<use>`. Versions and runtimes refer to an image by it. */
export type ImageKey = string & { readonly __brand: 'ImageKey' };

export function imageKey(recipeHash: string, use: ImageUse): ImageKey {
  return `${recipeHash}/${use}` as ImageKey;
}

/** The interpreter that was found in an image, and answered when it was tried. */
export interface Interpreter {
  /** Absolute path in the image. */
  readonly path: string;
  /** What it calls itself: `20.19.0`, `3.11.2`. */
  readonly version: string;
}

/**
 * An image that was built from a Dockerfile and has shown that it can serve. The record outlives the image itself: while
 * something refers to it, an image that is gone is built again from what is kept here.
 */
export interface MadeImage {
  readonly key: ImageKey;
  readonly recipeHash: string;
  readonly use: ImageUse;
  readonly dockerfile: string;
  /** The build context's files, kept as an artifact; undefined when nothing is copied from it. */
  readonly contextHash: ArtifactHash | undefined;
  /** Content id, `sha256:…`. */
  readonly imageId: string;
  readonly sizeBytes: number;
  /** Reference and id of the image that it is built on. */
  readonly base: string;
  /** Undefined for a program. */
  readonly interpreter: Interpreter | undefined;
  /** PATH as the image sets it. */
  readonly searchPath: string;
  /** The image's entry point followed by its command. */
  readonly command: readonly string[];
  readonly workingDirectory: string;
  readonly createdAt: Date;
}
