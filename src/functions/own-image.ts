import type { ArtifactStore, StagedArtifact } from '../artifacts/artifact-store.ts';
import { resolveHandler } from '../artifacts/handler-entry.ts';
import { languageOfHandler } from '../artifacts/handler-language.ts';
import { stagedFiles } from '../artifacts/staged-files.ts';
import { isSource } from '../artifacts/typescript/emitted-path.ts';
import { buildSource, type BuildLine, type ImageRecipe } from '../runtimes/custom/build-source.ts';
import type { ImageUse } from '../runtimes/custom/image-use.ts';
import type { ImageKey, MadeImage } from '../runtimes/custom/made-image.ts';
import type { FunctionConfig, HandlerEntry } from './function.ts';

/** Makes images from Dockerfiles; the part of the custom images that a deploy needs. */
export interface ImageMaker {
  order(
    recipe: ImageRecipe,
    wanted: ImageUse,
  ): Promise<{ follow(onLine: (line: BuildLine) => void): () => void; image(): Promise<MadeImage> }>;
  /** @throws SraasError what the policy refuses. */
  check(recipe: ImageRecipe): Promise<void>;
  hold(key: ImageKey): () => void;
}

/** What a version with an image of its own consists of. */
export interface OwnImageCode {
  /** The code, staged. Whoever gets it discards it. */
  readonly code: StagedArtifact;
  readonly entry: HandlerEntry | undefined;
  readonly imageKey: ImageKey;
  /** To be called when the version has been published, or will not be: the image may be collected from then on. */
  readonly release: () => void;
}

interface OwnImageParts {
  readonly artifacts: Pick<ArtifactStore, 'stage'>;
  readonly images: ImageMaker;
  readonly onLine: (line: BuildLine) => void;
}

/**
 * Builds the image of an upload with a Dockerfile at its top. Nothing is built before the Dockerfile has passed the policy and
 * the handler has been found among the files.
 *
 * @param upload the files as they came. They are kept when the Dockerfile copies from them.
 * @throws SraasError `BUILD_REFUSED`, `RUNTIME_BUILD_FAILED`, `HANDLER_FILE_NOT_FOUND`, and what ordering a build throws.
 */
export async function makeOwnImage(
  config: FunctionConfig,
  upload: StagedArtifact,
  { artifacts, images, onLine }: OwnImageParts,
): Promise<OwnImageCode> {
  const use = config.handler === undefined ? 'command' : languageOfHandler(config.handler, upload.files);
  const recipe = await buildSource(undefined, upload);
  // What is copied from is kept before the build is ordered, which checks the rest.
  if (recipe.contextDirectory !== undefined) await images.check(recipe);
  const code = use === 'node' ? await transpiled(upload, artifacts) : upload;
  try {
    const handler =
      use === 'command' || config.handler === undefined ? undefined : resolveHandler(config.handler, code.files, use);
    const kept = await keptRecipe(recipe, upload);
    const order = await images.order(kept, use);
    const unfollow = order.follow(onLine);
    const { key } = await order.image().finally(unfollow);
    const release = images.hold(key);
    const entry = handler && { file: handler.file, exportName: handler.exportName, sourceMaps: code.hasSourceMaps };
    return { code, entry, imageKey: key, release };
  } catch (error) {
    if (code !== upload) await code.discard();
    throw error;
  }
}

/** The code that runs may differ from the build's context, which is what was uploaded. */
export async function transpiled(
  upload: StagedArtifact,
  artifacts: Pick<ArtifactStore, 'stage'>,
): Promise<StagedArtifact> {
  const hasSources = upload.files.some(({ path }) => isSource(path));
  return hasSources ? artifacts.stage(stagedFiles(upload), { language: 'node' }) : upload;
}

/** Building again after the image was lost takes the context, so it stays. */
async function keptRecipe(recipe: ImageRecipe, upload: StagedArtifact): Promise<ImageRecipe> {
  if (recipe.contextDirectory === undefined) return recipe;
  await upload.commit();
  return { ...recipe, contextDirectory: upload.directory };
}
