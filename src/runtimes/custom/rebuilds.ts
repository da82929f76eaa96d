import { SraasError } from '../../errors.ts';
import type { ImageKey, MadeImage } from './made-image.ts';

interface RebuildsParts {
  /** Builds an image again and records it. */
  readonly rebuild: (image: MadeImage) => Promise<void>;
  readonly onFailure: (message: string, error: unknown) => void;
}

/** The time that a rebuild which failed is not tried again. */
const pauseMs = 60_000;

/** Images that the engine has lost and that are being built again, behind the calls that need them. */
export class Rebuilds {
  readonly #parts: RebuildsParts;
  readonly #underWay = new Map<ImageKey, Promise<void>>();
  readonly #failed = new Map<ImageKey, { readonly at: number; readonly sentence: string }>();

  constructor(parts: RebuildsParts) {
    this.#parts = parts;
  }

  keys(): Iterable<ImageKey> {
    return this.#underWay.keys();
  }

  get count(): number {
    return this.#underWay.size;
  }

  /** Begins, or joins one that is under way, or refuses for a while after one that failed. @throws SraasError `RUNTIME_NOT_READY`, always. */
  begin(image: MadeImage): never {
    const { key } = image;
    const failed = this.#failed.get(key);
    if (failed !== undefined && performance.now() - failed.at < pauseMs) {
      throw new SraasError('RUNTIME_NOT_READY', `The image is gone and could not be built again: ${failed.sentence}`, {
        retryAfterSeconds: pauseMs / 1000,
      });
    }
    this.#failed.delete(key);
    if (!this.#underWay.has(key)) this.#underWay.set(key, this.#rebuild(image));
    throw new SraasError('RUNTIME_NOT_READY', 'The image is gone and is being built again; try again shortly.', {
      retryAfterSeconds: 5,
    });
  }

  async #rebuild(image: MadeImage): Promise<void> {
    try {
      await this.#parts.rebuild(image);
    } catch (error) {
      const sentence = error instanceof SraasError ? error.message : 'the server log has the reason.';
      this.#failed.set(image.key, { at: performance.now(), sentence });
      this.#parts.onFailure('An image that was lost could not be built again', error);
    } finally {
      this.#underWay.delete(image.key);
    }
  }
}
