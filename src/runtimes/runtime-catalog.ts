import type { EngineImage } from '../engine/engine.ts';
import { SraasError } from '../errors.ts';
import { referenceOfBase } from './base.ts';
import type { ImageEngine } from './image-engine.ts';
import { findRuntimeImage, imageLabel, runtimeRecipe } from './runtime-image.ts';
import { builtInRuntimes, type Runtime, type RuntimeState } from './runtime.ts';

/** The runtimes that functions can name, and the images they have on the engine. */
export class RuntimeCatalog {
  readonly #engine: ImageEngine;
  readonly #imagesDirectory: string;
  readonly #imageIds = new Map<string, Promise<string>>();

  /** @param imagesDirectory the folder with one recipe folder per built-in runtime. */
  constructor(engine: ImageEngine, imagesDirectory: string) {
    this.#engine = engine;
    this.#imagesDirectory = imagesDirectory;
  }

  find(name: string): Runtime | undefined {
    return builtInRuntimes.find((runtime) => runtime.name === name);
  }

  list(): readonly Runtime[] {
    return builtInRuntimes;
  }

  /** Asks the engine anew about every runtime. Rejects with the engine's EngineError. */
  states(): Promise<readonly RuntimeState[]> {
    return Promise.all(
      builtInRuntimes.map(async (runtime): Promise<RuntimeState> => {
        const image = await this.#find(runtime);
        if (image === undefined) return { runtime, state: 'missing' };
        const { id: imageId, sizeBytes, createdAt, labels } = image;
        return { runtime, state: 'ready', imageId, sizeBytes, createdAt, base: labels[imageLabel.base] ?? 'unknown' };
      }),
    );
  }

  /**
   * The id of the image that a runtime's sandboxes start from. It is remembered until {@link forget} is called.
   * @throws SraasError `RUNTIME_NOT_READY` when the engine has no image of the current recipe; an EngineError when the
   * engine cannot be asked. Neither is remembered.
   */
  imageOf(runtime: Runtime): Promise<string> {
    const known = this.#imageIds.get(runtime.name);
    if (known !== undefined) return known;
    const asked = this.#imageIdOf(runtime);
    this.#imageIds.set(runtime.name, asked);
    asked.catch(() => {
      if (this.#imageIds.get(runtime.name) === asked) this.#imageIds.delete(runtime.name);
    });
    return asked;
  }

  /**
   * The id of the image that a runtime's own image was made from. It has the language's package manager, which no sandbox has.
   * @throws SraasError `RUNTIME_NOT_READY` when the engine has one of the two no longer; an EngineError when it cannot be asked.
   */
  async baseOf(runtime: Runtime): Promise<string> {
    const label = (await this.#find(runtime))?.labels[imageLabel.base] ?? '';
    const reference = referenceOfBase(label);
    const base = reference === undefined ? undefined : await this.#engine.findImage(reference);
    if (base !== undefined) return base.id;
    throw new SraasError(
      'RUNTIME_NOT_READY',
      `The runtime ${runtime.name} has lost the image that it was made from: run \`npx sraas images build ${runtime.name} --force\`.`,
    );
  }

  /** Makes the next {@link imageOf} ask the engine again: for when the image turned out to be gone, or was built anew. */
  forget(name: string): void {
    this.#imageIds.delete(name);
  }

  async #imageIdOf(runtime: Runtime): Promise<string> {
    const image = await this.#find(runtime);
    if (image !== undefined) return image.id;
    throw new SraasError(
      'RUNTIME_NOT_READY',
      `The runtime ${runtime.name} has no image on the engine yet: run \`npx sraas images build ${runtime.name}\`.`,
    );
  }

  async #find(runtime: Runtime): Promise<EngineImage | undefined> {
    const recipe = await runtimeRecipe(this.#imagesDirectory, runtime);
    return findRuntimeImage(this.#engine, runtime, recipe);
  }
}
