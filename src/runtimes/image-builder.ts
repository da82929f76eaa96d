import { join } from 'node:path';
import type { EngineImage } from '../engine/engine.ts';
import { BaseChoice } from './base-choice.ts';
import { describeBase, type Base, type LocalBases } from './base.ts';
import { recipeContext } from './build-context.ts';
import { DebianBases } from './debian-bases.ts';
import type { ImageEngine } from './image-engine.ts';
import { recipeHash } from './recipe.ts';
import { findRuntimeImage, imageLabel, imageRepository, runtimeRecipe } from './runtime-image.ts';
import type { Runtime } from './runtime.ts';
import { Steps } from './steps.ts';

export interface ImageBuildOptions {
  /** Called with each line that a person should see; a few per minute at most. */
  readonly onProgress: (line: string) => void;
  readonly signal?: AbortSignal;
  /** Build anew, on a base fetched or made anew, even when there is an image of the same recipe. */
  readonly force?: boolean;
}

export interface BuiltImage {
  readonly image: EngineImage;
  /** Where the base came from: `official: node:24-slim` for example. */
  readonly base: string;
  /** False when the image was there already. */
  readonly built: boolean;
}

/** Builds the images of built-in runtimes. One at a time; what two of them share is made once. */
export class ImageBuilder {
  readonly #engine: ImageEngine;
  readonly #imagesDirectory: string;
  readonly #bases: BaseChoice;

  /** @param imagesDirectory the folder with `base/` and one recipe folder per built-in runtime. */
  constructor(engine: ImageEngine, imagesDirectory: string, localBases?: LocalBases) {
    this.#engine = engine;
    this.#imagesDirectory = imagesDirectory;
    this.#bases = new BaseChoice(engine, localBases ?? new DebianBases(engine, join(imagesDirectory, 'base')));
  }

  /**
   * Makes sure that a runtime has an image of the current recipe. Without `force` nothing is done when it has.
   * @throws SraasError `RUNTIME_NOT_READY` when no base can be had, EngineError `build_failed` when a build step fails, and
   * the engine's other errors; an abort rejects with the signal's reason.
   */
  async build(runtime: Runtime, options: ImageBuildOptions): Promise<BuiltImage> {
    const recipe = await runtimeRecipe(this.#imagesDirectory, runtime);
    const present = await findRuntimeImage(this.#engine, runtime, recipe);
    if (present !== undefined && options.force !== true) {
      return { image: present, base: present.labels[imageLabel.base] ?? 'unknown', built: false };
    }
    const steps = new Steps(options.onProgress, runtime.name);
    const { force = false, signal } = options;
    try {
      const base = await this.#bases.choose(runtime, { steps, force, signal });
      const image = await this.#buildOn(base, runtime, recipe, steps, signal);
      return { image, base: describeBase(base), built: true };
    } catch (error) {
      // Whatever was under way fails in its own words when it is cut off: that it was cancelled is what matters.
      signal?.throwIfAborted();
      throw error;
    }
  }

  async #buildOn(
    base: Base,
    runtime: Runtime,
    recipe: string,
    steps: Steps,
    signal: AbortSignal | undefined,
  ): Promise<EngineImage> {
    const directory = join(this.#imagesDirectory, runtime.name);
    const tag = (await recipeHash([directory], base.id)).slice(0, 12);
    const context = await recipeContext(directory);
    return steps.run('building the image', (onProgress) =>
      this.#engine.buildImage(context, {
        reference: `${imageRepository(runtime)}:${tag}`,
        labels: {
          [imageLabel.managed]: '1',
          [imageLabel.runtime]: runtime.name,
          [imageLabel.base]: describeBase(base),
          [imageLabel.recipe]: recipe,
        },
        buildArguments: { BASE: base.reference },
        network: 'none',
        onProgress,
        ...(signal === undefined ? {} : { signal }),
      }),
    );
  }
}
