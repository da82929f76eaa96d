import { join } from 'node:path';
import type { EngineImage } from '../engine/engine.ts';
import { SraasError } from '../errors.ts';
import { describeBase } from '../runtimes/base.ts';
import { recipeContext } from '../runtimes/build-context.ts';
import type { BuiltImage, ImageBuildOptions } from '../runtimes/image-builder.ts';
import type { ImageEngine } from '../runtimes/image-engine.ts';
import { recipeHash } from '../runtimes/recipe.ts';
import { imageLabel, newestImage } from '../runtimes/runtime-image.ts';
import { Steps } from '../runtimes/steps.ts';
import { GatewayBase } from './gateway-base.ts';

const repository = 'sraas/gateway';
const marker = 'sraas.gateway';

/** The image of the container that keeps the packet filter: a small Debian with nftables and one script. */
export class GatewayImage {
  readonly #engine: ImageEngine;
  readonly #imagesDirectory: string;

  /** @param imagesDirectory the folder with `base/` and `gateway/`. */
  constructor(engine: ImageEngine, imagesDirectory: string) {
    this.#engine = engine;
    this.#imagesDirectory = imagesDirectory;
  }

  /** The image of the current recipe; undefined when the engine has none. Rejects with the engine's EngineError. */
  async find(): Promise<EngineImage | undefined> {
    return newestImage(this.#engine, repository, { [marker]: '1', [imageLabel.recipe]: await this.#recipe() });
  }

  /** @throws SraasError RUNTIME_NOT_READY when the engine has no image of the current recipe. */
  async id(): Promise<string> {
    const image = await this.find();
    if (image !== undefined) return image.id;
    throw new SraasError(
      'RUNTIME_NOT_READY',
      'The image that keeps the packet filter of functions with a network is missing: run `npx sraas images build gateway`, ' +
        'or start without --allow-egress.',
    );
  }

  /**
   * Makes sure that the image is there.
   * @throws SraasError `RUNTIME_NOT_READY` when no base can be had, EngineError `build_failed` when a step fails.
   */
  async build(options: ImageBuildOptions): Promise<BuiltImage> {
    const { force = false, signal } = options;
    const present = await this.find();
    if (present !== undefined && !force) {
      return { image: present, base: present.labels[imageLabel.base] ?? 'unknown', built: false };
    }
    const steps = new Steps(options.onProgress, 'gateway');
    try {
      return await this.#build(steps, force, signal);
    } catch (error) {
      // Whatever was under way fails in its own words when it is cut off: that it was cancelled is what matters.
      signal?.throwIfAborted();
      throw error;
    }
  }

  async #build(steps: Steps, force: boolean, signal: AbortSignal | undefined): Promise<BuiltImage> {
    const bases = new GatewayBase(this.#engine, join(this.#imagesDirectory, 'base'));
    const base = await bases.choose({ steps, force, signal });
    const directory = join(this.#imagesDirectory, 'gateway');
    const tag = (await recipeHash([directory], base.id)).slice(0, 12);
    const context = await recipeContext(directory);
    const recipe = await this.#recipe();
    const image = await steps.run('building the image', (onProgress) =>
      this.#engine.buildImage(context, {
        reference: `${repository}:${tag}`,
        labels: { [marker]: '1', [imageLabel.base]: describeBase(base), [imageLabel.recipe]: recipe },
        buildArguments: { BASE: base.reference },
        // The official base has to fetch nftables; a base made here holds it.
        network: base.origin === 'official' ? 'default' : 'none',
        onProgress,
        ...(signal === undefined ? {} : { signal }),
      }),
    );
    return { image, base: describeBase(base), built: true };
  }

  #recipe(): Promise<string> {
    return recipeHash([join(this.#imagesDirectory, 'gateway')]);
  }
}
