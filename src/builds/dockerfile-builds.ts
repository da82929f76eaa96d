import type { BuildEngine } from '../engine/build.ts';
import type { Engine } from '../engine/engine.ts';
import { draining, SraasError } from '../errors.ts';
import { Bases, baseOfLastStage } from './bases.ts';
import type { BuildLimits } from './build-limits.ts';
import { BuildQueue } from './build-queue.ts';
import { BuildRecord } from './build-record.ts';
import { runBuild, type BuildRunEnd } from './build-run.ts';
import { imageFacts, imageObjection } from './image-checks.ts';
import type { Build, BuiltImageFacts, ImageBuilds, ImageRecipe } from './image-build.ts';
import { builtReference, finalLabels, isBuiltReference, labelsOfRecipe, stepLabels } from './labels.ts';
import { LeftoverBuilds } from './leftover-builds.ts';
import { planRecipe, type RecipePlan } from './recipe-plan.ts';
import { rewritten } from './rewritten.ts';

export interface DockerfileBuildsOptions {
  readonly engine: Pick<Engine, 'list' | 'remove' | 'removeImage' | 'pullImage'>;
  readonly buildEngine: BuildEngine;
  readonly instanceId: string;
  /** The engine's processor in the words of images: `amd64`. */
  readonly architecture: string;
  readonly limits: BuildLimits;
  /** Whether this server builds at all. */
  readonly enabled: boolean;
  readonly maxBuilds: number;
  readonly queueLength: number;
  /** Whether bases that the engine lacks are fetched, and from which registries besides its default one. */
  readonly pulls: boolean;
  readonly registries: readonly string[];
  readonly clock: () => Date;
  /** Told of what went wrong where nobody waits for an answer. */
  readonly onFailure: (message: string, error: unknown) => void;
}

/** The time after which an engine that was cut off in the middle of a build has surely ended it. */
const lateMs = 15_000;

/** The builds of one server, on its engine. Call `open` first. */
export class DockerfileBuilds implements ImageBuilds {
  readonly #options: DockerfileBuildsOptions;
  readonly #bases: Bases;
  readonly #queue: BuildQueue;
  readonly #leftovers: LeftoverBuilds;
  /** By recipe hash: what the next order of the same recipe joins. */
  readonly #underWay = new Map<string, BuildRecord>();
  /** All that have not ended, by id. */
  readonly #live = new Map<string, BuildRecord>();
  #closed = false;
  #lateSweep: NodeJS.Timeout | undefined;

  constructor(options: DockerfileBuildsOptions) {
    this.#options = options;
    this.#bases = new Bases(options);
    this.#queue = new BuildQueue({ what: 'builds', most: options.maxBuilds, length: options.queueLength });
    this.#leftovers = new LeftoverBuilds(options);
  }

  /**
   * Removes what builds of an earlier run of this server left on the engine, finished images aside.
   * @returns how many containers and images. Rejects with an EngineError when the engine is away; the next build's end tries again.
   */
  async open(): Promise<number> {
    const removed = await this.#leftovers.remove((id) => this.#live.has(id));
    if (removed > 0) this.#sweepLate();
    return removed;
  }

  async recipeHash(recipe: ImageRecipe): Promise<string> {
    return (await this.#plan(recipe)).hash;
  }

  async order(recipe: ImageRecipe, knownImage?: (recipeHash: string) => Promise<string | undefined>): Promise<Build> {
    const planned = await this.#plan(recipe);
    const known = await knownImage?.(planned.hash);
    const built = known === undefined ? undefined : await this.#usable(known);
    const found = built ?? (await this.#findBuilt(planned.hash));
    if (this.#closed) throw draining();
    const joined = this.#underWay.get(planned.hash);
    if (joined !== undefined && !joined.cancelled.aborted) return joined;
    const { clock, limits } = this.#options;
    const record = new BuildRecord(planned.hash, { clock, logBytes: limits.logBytes });
    if (found !== undefined) {
      record.say('The image of this recipe is there already.');
      record.end({ end: 'built', image: found });
      return record;
    }
    this.#queue.assertRoom();
    this.#live.set(record.id, record);
    this.#underWay.set(planned.hash, record);
    void this.#build(record, planned);
    return record;
  }

  /**
   * Asks a registry again for an image that the engine may have already, where pulls of it are allowed.
   * @returns false when it cannot be had from one now; what the engine has is left alone then. Rejects with the EngineError of an engine that is away.
   */
  refreshBase(reference: string): Promise<boolean> {
    return this.#bases.refresh(reference);
  }

  /** Takes our name from it, and with that the image goes, unless a container or a name of somebody else's holds it. */
  async removeImage(imageId: string): Promise<void> {
    const { engine, buildEngine } = this.#options;
    const image = await buildEngine.imageDetails(imageId);
    for (const reference of image?.references.filter(isBuiltReference) ?? []) await engine.removeImage(reference);
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#lateSweep);
    const records = [...this.#live.values()];
    for (const record of records) record.cancel('The server stopped before the build ended.');
    await Promise.all(records.map(({ ended }) => ended));
  }

  #plan(recipe: ImageRecipe): Promise<RecipePlan> {
    const { enabled, architecture, limits } = this.#options;
    if (!enabled) {
      return Promise.reject(
        new SraasError(
          'BUILD_REFUSED',
          'This server builds no images; its operator can switch that on with --builds true.',
        ),
      );
    }
    return planRecipe(recipe, { bases: this.#bases, architecture, contextLimits: limits.context });
  }

  /** From the queue to the end, with nothing left on the engine but a finished image. Never rejects. */
  async #build(record: BuildRecord, planned: RecipePlan): Promise<void> {
    let end: BuildRunEnd;
    let endTurn: (() => void) | undefined;
    try {
      endTurn = await this.#queue.turn(record.cancelled);
      record.begin();
      end = await this.#run(record, planned);
    } catch (error) {
      if (record.cancelled.aborted) end = { end: 'cancelled', problem: { detail: String(record.cancelled.reason) } };
      else {
        this.#options.onFailure('A build failed in a way that was not foreseen', error);
        end = { end: 'failed', problem: { detail: 'The build failed for a reason that only the server log has.' } };
      }
    }
    if (endTurn !== undefined) await this.#cleanUp(record, end);
    if (this.#underWay.get(record.recipeHash) === record) this.#underWay.delete(record.recipeHash);
    this.#live.delete(record.id);
    record.end(end);
    endTurn?.();
  }

  #run(record: BuildRecord, { plan, bases, hash, ...context }: RecipePlan): Promise<BuildRunEnd> {
    const { buildEngine, instanceId, limits, architecture } = this.#options;
    const labels = stepLabels(instanceId, record.id);
    const image = finalLabels({ recipeHash: hash, base: baseOfLastStage(plan.stages, bases) });
    return runBuild({
      buildEngine,
      buildId: record.id,
      steps: rewritten(plan, bases, { steps: labels, image }),
      labels,
      ...context,
      limits,
      architecture,
      signal: record.cancelled,
      onLine: (text, line) => {
        record.say(text, line);
      },
      removeContainers: () => this.#leftovers.removeContainersOf(record.id),
    });
  }

  /** An engine that is away now is tried again at the end of the next build, and at the next start. */
  async #cleanUp(record: BuildRecord, end: BuildRunEnd): Promise<void> {
    try {
      if (end.end !== 'built') await this.#options.engine.removeImage(builtReference(record.id));
      await this.#leftovers.remove((id) => id !== record.id && this.#live.has(id));
      if (end.end !== 'built') this.#sweepLate();
    } catch (error) {
      this.#options.onFailure('What a build left on the engine could not be removed yet', error);
    }
  }

  /** Looks once more for what the engine may have made after everybody had stopped looking. */
  #sweepLate(): void {
    clearTimeout(this.#lateSweep);
    if (this.#closed) return;
    this.#lateSweep = setTimeout(() => {
      this.#leftovers
        .remove((id) => this.#live.has(id))
        .catch((error: unknown) => {
          this.#options.onFailure('What builds left on the engine could not be removed yet', error);
        });
    }, lateMs);
    this.#lateSweep.unref();
  }

  async #findBuilt(recipeHash: string): Promise<BuiltImageFacts | undefined> {
    const { buildEngine, instanceId } = this.#options;
    const images = await buildEngine.builtImages(labelsOfRecipe(instanceId, recipeHash));
    for (const { id, references } of images) {
      const built = references.some(isBuiltReference) ? await this.#usable(id) : undefined;
      if (built !== undefined) return built;
    }
    return undefined;
  }

  /** Undefined for an image that is gone, has lost the name that keeps it, or breaks a limit that was lowered since. */
  async #usable(imageId: string): Promise<BuiltImageFacts | undefined> {
    const { buildEngine, limits, architecture } = this.#options;
    const details = await buildEngine.imageDetails(imageId);
    if (!details?.references.some(isBuiltReference)) return undefined;
    const objection = imageObjection(details, { maxBytes: limits.imageBytes, architecture });
    return objection === undefined ? imageFacts(details) : undefined;
  }
}
