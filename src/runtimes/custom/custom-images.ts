import type { ArtifactHash } from '../../artifacts/artifact-hash.ts';
import type { ArtifactStore } from '../../artifacts/artifact-store.ts';
import type { Build, ImageBuilds, ImageRecipe } from '../../builds/image-build.ts';
import type { Engine } from '../../engine/engine.ts';
import { SraasError } from '../../errors.ts';
import type { ImageStore } from './image-store.ts';
import { tryImage } from './image-trial.ts';
import type { ImageUse } from './image-use.ts';
import type { ImageInspection } from './interpreters.ts';
import { imageKey, type ImageKey, type MadeImage } from './made-image.ts';
import { Making } from './making.ts';
import { Rebuilds } from './rebuilds.ts';
import { UnwantedImages, type RemovedImage } from './unwanted-images.ts';

export interface CustomImagesParts {
  readonly builds: ImageBuilds;
  readonly store: ImageStore;
  readonly engine: Pick<Engine, 'findImage' | 'listImages' | 'removeImage'>;
  readonly instanceId: string;
  readonly contexts: Pick<ArtifactStore, 'bring' | 'directoryOf'>;
  readonly inspection: ImageInspection;
  readonly clock: () => Date;
  readonly onFailure: (message: string, error: unknown) => void;
}

/**
 * The images that were built from users' Dockerfiles: made on order, found again after a restart, built again when the engine
 * has lost one, and removed when nothing refers to them.
 */
export class CustomImages {
  readonly #parts: CustomImagesParts;
  readonly #images = new Map<ImageKey, MadeImage>();
  /** Those that the engine has, as far as is known. */
  readonly #present = new Set<ImageKey>();
  /** By build and use: those who order the same share it. */
  readonly #makings = new Map<string, Making>();
  /** The contexts of {@link #makings}: until one ends well, nothing else refers to its context. */
  readonly #contexts = new Map<Making, ArtifactHash>();
  readonly #held = new Map<ImageKey, number>();
  readonly #removedListeners = new Set<(key: ImageKey) => Promise<void>>();
  readonly #rebuilds: Rebuilds;
  readonly #unwanted: UnwantedImages;

  constructor(parts: CustomImagesParts) {
    this.#parts = parts;
    this.#rebuilds = new Rebuilds({ ...parts, rebuild: (image) => this.#buildAgain(image) });
    this.#unwanted = new UnwantedImages(parts);
  }

  /** Reads what an earlier run recorded. Call it before anything else. */
  async open(): Promise<void> {
    for (const image of await this.#parts.store.all()) this.#images.set(image.key, image);
  }

  /**
   * Reads what other servers recorded meanwhile. Where their engine is another one, its images are not ours: one that this
   * server's engine has stays the one for it.
   */
  async reload(): Promise<void> {
    const before = new Map(this.#images);
    const recorded = new Map((await this.#parts.store.all()).map((image) => [image.key, image]));
    for (const [key, image] of recorded) {
      const known = this.#images.get(key);
      if (known === undefined || (known.imageId !== image.imageId && !(await this.isPresent(key)))) {
        this.#images.set(key, image);
        this.#present.delete(key);
      }
    }
    for (const [key, image] of before) {
      if (recorded.has(key) || this.#images.get(key) !== image) continue;
      this.#images.delete(key);
      this.#present.delete(key);
      for (const listener of this.#removedListeners) await listener(key);
    }
  }

  find(key: ImageKey): MadeImage | undefined {
    return this.#images.get(key);
  }

  /** Checks what may be said without building. @throws SraasError as {@link order}. */
  async check(recipe: ImageRecipe): Promise<void> {
    await this.#parts.builds.recipeHash(recipe);
  }

  /**
   * Has an image built and tried, or finds the one of the same recipe.
   * @throws SraasError `BUILD_REFUSED` with all lines that the policy refuses, `QUEUE_FULL`, `RUNTIME_NOT_READY`. How the
   * build itself ends is told by what it resolves with.
   */
  async order(recipe: ImageRecipe, wanted: ImageUse | 'handler'): Promise<Making> {
    const { builds, store } = this.#parts;
    const build = await builds.order(recipe, async (recipeHash) => {
      await store.touch(recipeHash);
      return this.#known(recipeHash, wanted)?.imageId;
    });
    const key = `${build.id} ${wanted}`;
    const underWay = this.#makings.get(key);
    if (underWay !== undefined) return underWay;
    const making = this.#making(build, recipe, wanted);
    this.#makings.set(key, making);
    // A recipe's context is an artifact, or none.
    if (recipe.contextHash !== undefined) this.#contexts.set(making, recipe.contextHash as ArtifactHash);
    void making.ended.then(() => {
      this.#makings.delete(key);
      this.#contexts.delete(making);
    });
    return making;
  }

  /** The contexts of builds that were ordered and have not ended: they must stay, though no image refers to them yet. */
  contextsUnderWay(): ReadonlySet<ArtifactHash> {
    return new Set(this.#contexts.values());
  }

  /** Keeps an image from being collected until the function returned is called: for the time until something refers to it. */
  hold(key: ImageKey): () => void {
    this.#held.set(key, (this.#held.get(key) ?? 0) + 1);
    return () => {
      const count = (this.#held.get(key) ?? 1) - 1;
      if (count === 0) this.#held.delete(key);
      else this.#held.set(key, count);
    };
  }

  /**
   * The content id to start sandboxes from. An image that the engine has lost is built again behind the scenes.
   * @throws SraasError `RUNTIME_NOT_READY` until it is there; the engine's EngineError when it cannot be asked.
   */
  async imageIdOf(key: ImageKey): Promise<string> {
    const image = this.#images.get(key);
    if (image === undefined) {
      throw new SraasError('RUNTIME_NOT_READY', 'The image of this runtime was removed: build it anew.');
    }
    const isThere = this.#present.has(key) || (await this.isPresent(key));
    return isThere ? image.imageId : this.#rebuilds.begin(image);
  }

  /** Asks the engine. Rejects with its EngineError. */
  async isPresent(key: ImageKey): Promise<boolean> {
    const image = this.#images.get(key);
    const found = image && (await this.#parts.engine.findImage(image.imageId));
    if (found === undefined) this.#present.delete(key);
    else this.#present.add(key);
    return found !== undefined;
  }

  /** Makes the next {@link imageIdOf} ask the engine again. */
  forget(key: ImageKey): void {
    this.#present.delete(key);
  }

  /** The listener is called when an image has lost its record, before it is removed, and must not reject. */
  onRemoved(listener: (key: ImageKey) => Promise<void>): void {
    this.#removedListeners.add(listener);
  }

  /**
   * Removes the images that nothing has referred to for a time. Rejects with a SraasError of the store, or an EngineError;
   * what could not be removed is tried again the next time.
   */
  async collect(graceMs: number): Promise<readonly RemovedImage[]> {
    const { store, clock } = this.#parts;
    const now = clock();
    const cutoff = new Date(now.getTime() - graceMs);
    const aboutToBeUsed = new Set([...this.#held.keys(), ...this.#rebuilds.keys()]);
    const collected = await store.collect(now, cutoff, aboutToBeUsed);
    for (const image of collected) {
      this.#images.delete(image.key);
      this.#present.delete(image.key);
      this.#unwanted.add(image);
    }
    // A container that waits on the image would keep it from going.
    for (const { key } of collected) for (const listener of this.#removedListeners) await listener(key);
    // What is under way has an image before it has a record.
    const isQuiet = this.#makings.size + this.#rebuilds.count === 0;
    if (isQuiet) await this.#unwanted.addUnrecorded(this.#recorded(), cutoff);
    return this.#unwanted.remove(this.#recorded());
  }

  #recorded(): ReadonlySet<string> {
    return new Set([...this.#images.values()].map(({ imageId }) => imageId));
  }

  /** @param replaced the record of an image that was lost: the new one takes its place, whatever its recipe is called now. */
  #making(build: Build, recipe: ImageRecipe, wanted: ImageUse | 'handler', replaced?: MadeImage): Making {
    const { inspection, clock, onFailure } = this.#parts;
    return new Making(build, onFailure, async ({ image: facts, recipeHash }, say, signal) => {
      if (facts === undefined) throw new TypeError('A build without an image is not to be tried');
      const known = replaced === undefined ? this.#known(recipeHash, wanted) : undefined;
      if (known?.imageId === facts.imageId) return this.#keep(known);
      const proven = await tryImage(facts, wanted, inspection, say, signal);
      const { imageId, sizeBytes, base, command, workingDirectory } = facts;
      return this.#save({
        key: replaced?.key ?? imageKey(recipeHash, proven.use),
        recipeHash: replaced?.recipeHash ?? recipeHash,
        dockerfile: recipe.dockerfile,
        // A recipe's context is an artifact, or none.
        contextHash: recipe.contextHash as ArtifactHash | undefined,
        createdAt: clock(),
        ...{ imageId, sizeBytes, base, command, workingDirectory },
        ...proven,
      });
    });
  }

  /** The image that a recipe came to before: it need not be tried again. */
  #known(recipeHash: string, wanted: ImageUse | 'handler'): MadeImage | undefined {
    const uses: readonly ImageUse[] = wanted === 'handler' ? ['node', 'python'] : [wanted];
    const known = uses.flatMap((use) => this.#images.get(imageKey(recipeHash, use)) ?? []);
    // With both languages, which one is meant was said each time.
    return known.length === 1 ? known[0] : undefined;
  }

  /** Saves it anew when its record has gone since the order came. */
  async #keep(image: MadeImage): Promise<MadeImage> {
    if (this.#images.get(image.key) === image) {
      this.#present.add(image.key);
      return image;
    }
    return this.#save(image);
  }

  async #save(image: MadeImage): Promise<MadeImage> {
    await this.#parts.store.save(image);
    this.#images.set(image.key, image);
    this.#present.add(image.key);
    return image;
  }

  async #buildAgain(image: MadeImage): Promise<void> {
    const { builds, contexts } = this.#parts;
    const { dockerfile, contextHash, use } = image;
    if (contextHash !== undefined) await contexts.bring(contextHash);
    const contextDirectory = contextHash === undefined ? undefined : contexts.directoryOf(contextHash);
    const recipe = { dockerfile, contextDirectory, contextHash };
    await this.#making(await builds.order(recipe), recipe, use, image).image();
  }
}
