import type { BuildEngine, BuiltImage } from '../engine/build.ts';
import { EngineError } from '../engine/engine-error.ts';
import type { Engine } from '../engine/engine.ts';
import { buildIdOf, labelsOfImages, labelsOfSteps, stepLabels } from './labels.ts';

type Labels = Readonly<Record<string, string>>;

interface LeftoverBuildsOptions {
  readonly engine: Pick<Engine, 'list' | 'remove' | 'removeImage'>;
  readonly buildEngine: Pick<BuildEngine, 'builtImages'>;
  readonly instanceId: string;
}

/**
 * Removes what builds leave on the engine: containers of steps, images between two steps, images of stages that are not the last.
 * Images with a name are finished ones, and not this one's business.
 */
export class LeftoverBuilds {
  readonly #options: LeftoverBuildsOptions;

  constructor(options: LeftoverBuildsOptions) {
    this.#options = options;
  }

  /**
   * Looks again until there is nothing, as an engine may just have been about to make something.
   * @returns how many containers and images were removed.
   */
  async remove(isLive: (buildId: string) => boolean): Promise<number> {
    let removed = 0;
    for (let round = 0; round < 20; round += 1) {
      const found = (await this.#containers(isLive)) + (await this.#images(isLive));
      if (found === 0) break;
      removed += found;
    }
    return removed;
  }

  /** Removes the containers of one build, running or not: the step that they are for fails, and the engine's build with it. */
  async removeContainersOf(buildId: string): Promise<void> {
    const { engine, instanceId } = this.#options;
    const found = await engine.list(stepLabels(instanceId, buildId));
    await Promise.all(found.map(({ id }) => engine.remove(id)));
  }

  async #containers(isLive: (buildId: string) => boolean): Promise<number> {
    const { engine, instanceId } = this.#options;
    const found = (await engine.list(labelsOfSteps(instanceId))).filter(({ labels }) => !isLiveBuild(labels, isLive));
    await Promise.all(found.map(({ id }) => engine.remove(id)));
    return found.length;
  }

  async #images(isLive: (buildId: string) => boolean): Promise<number> {
    const { buildEngine, instanceId } = this.#options;
    // A finished image is made of what was made on the way to it.
    const steps = await buildEngine.builtImages(labelsOfSteps(instanceId));
    const finished = await buildEngine.builtImages(labelsOfImages(instanceId));
    const all = [...steps, ...finished];
    const parents = new Set(all.map(({ parentId }) => parentId));
    const heads = all.filter(
      ({ id, references, labels }) => references.length === 0 && !parents.has(id) && !isLiveBuild(labels, isLive),
    );
    let removed = 0;
    for (const image of heads) removed += (await this.#removeImage(image)) ? 1 : 0;
    return removed;
  }

  /** An image that somebody has started a container from, or built on, is left alone. */
  async #removeImage({ id }: BuiltImage): Promise<boolean> {
    try {
      await this.#options.engine.removeImage(id);
      return true;
    } catch (error) {
      if (error instanceof EngineError && error.code === 'conflict') return false;
      throw error;
    }
  }
}

function isLiveBuild(labels: Labels, isLive: (buildId: string) => boolean): boolean {
  const id = buildIdOf(labels);
  return id !== undefined && isLive(id);
}
