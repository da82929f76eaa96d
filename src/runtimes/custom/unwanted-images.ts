import type { ImageBuilds } from '../../builds/image-build.ts';
import { isBuiltReference, labelsOfImages } from '../../builds/labels.ts';
import type { Engine } from '../../engine/engine.ts';

/** An image that was removed from the engine, as nothing refers to it any more. */
export interface RemovedImage {
  readonly imageId: string;
  readonly sizeBytes: number;
}

interface UnwantedImagesParts {
  readonly builds: Pick<ImageBuilds, 'removeImage'>;
  readonly engine: Pick<Engine, 'findImage' | 'listImages' | 'removeImage'>;
  readonly instanceId: string;
  readonly onFailure: (message: string, error: unknown) => void;
}

/** Images that have no record any more, until the engine has removed them. */
export class UnwantedImages {
  readonly #parts: UnwantedImagesParts;
  readonly #images = new Map<string, RemovedImage>();

  constructor(parts: UnwantedImagesParts) {
    this.#parts = parts;
  }

  add({ imageId, sizeBytes }: RemovedImage): void {
    this.#images.set(imageId, { imageId, sizeBytes });
  }

  /**
   * Adds this server's images of builds that ended while nobody could record them, and those that lost their name but not yet
   * their last container. Rejects with the engine's EngineError.
   */
  async addUnrecorded(recorded: ReadonlySet<string>, builtBefore: Date): Promise<void> {
    const { engine, instanceId } = this.#parts;
    for (const { id, references, sizeBytes, createdAt } of await engine.listImages(labelsOfImages(instanceId))) {
      const isOurs = references.length === 0 || references.some(isBuiltReference);
      if (isOurs && !recorded.has(id) && createdAt <= builtBefore) this.add({ imageId: id, sizeBytes });
    }
  }

  /** Removes them but for those that have a record again. What the engine does not remove now is tried the next time. */
  async remove(recorded: ReadonlySet<string>): Promise<readonly RemovedImage[]> {
    const removed: RemovedImage[] = [];
    for (const image of [...this.#images.values()]) {
      const { imageId } = image;
      try {
        if (!recorded.has(imageId)) {
          await this.#remove(imageId);
          removed.push(image);
        }
        this.#images.delete(imageId);
      } catch (error) {
        this.#parts.onFailure(`The image ${imageId} could not be removed yet`, error);
      }
    }
    return removed;
  }

  /** Where a container still held the image, only its name goes at first. A name that somebody else gave it keeps it. */
  async #remove(imageId: string): Promise<void> {
    const { builds, engine } = this.#parts;
    await builds.removeImage(imageId);
    const left = await engine.findImage(imageId);
    if (left?.references.length === 0) await engine.removeImage(imageId);
  }
}
