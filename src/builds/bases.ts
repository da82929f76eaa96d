import type { BuildEngine, ImageDetails } from '../engine/build.ts';
import { EngineError } from '../engine/engine-error.ts';
import type { Engine } from '../engine/engine.ts';
import { SraasError } from '../errors.ts';
import { parseReference, type ImageReference } from './dockerfile/image-reference.ts';
import type { DockerfilePlan, Stage } from './dockerfile/plan.ts';
import { quote } from './dockerfile/quote.ts';
import { buildRefused, type Refusal } from './dockerfile/refusal.ts';

/** An image that a stage is built on. */
export interface Base {
  /** As the Dockerfile names it. */
  readonly reference: string;
  readonly id: string;
}

interface BasesOptions {
  readonly engine: Pick<Engine, 'pullImage'>;
  readonly buildEngine: Pick<BuildEngine, 'imageDetails'>;
  /** Whether bases that the engine lacks are asked of a registry. */
  readonly pulls: boolean;
  /** Registries besides the engine's default one that may be asked, `host` or `host:port`. */
  readonly registries: readonly string[];
  /** The engine's processor in the words of images. */
  readonly architecture: string;
  readonly pullTimeoutMs?: number;
}

/** The time for which a registry that had no image, or did not answer, is not asked for it again. */
const refusalMemoryMs = 30_000;

/** Finds the images that Dockerfiles are built on. */
export class Bases {
  readonly #options: BasesOptions;
  readonly #pulls = new Map<string, Promise<boolean>>();

  constructor(options: BasesOptions) {
    this.#options = options;
  }

  /**
   * @returns the bases of all stages, by their references.
   * @throws SraasError `BUILD_REFUSED` for those that nothing may be built on, `RUNTIME_NOT_READY` when one cannot be had.
   */
  async resolve(plan: DockerfilePlan): Promise<ReadonlyMap<string, Base>> {
    const found = new Map<string, Base>();
    const refusals: Refusal[] = [];
    for (const { line, base } of plan.stages) {
      if (base.kind !== 'image' || found.has(base.reference)) continue;
      const { reference } = base;
      const details = await this.#find(reference, line);
      const reasons = unsuitable(details, this.#options.architecture);
      refusals.push(
        ...reasons.map((reason) => ({ line, instruction: 'FROM', reason: `names ${quote(reference)}, ${reason}` })),
      );
      found.set(reference, { reference, id: details.id });
    }
    if (refusals.length > 0) throw buildRefused(refusals);
    return found;
  }

  /**
   * Asks a registry for an image anew, also one that the engine has.
   * @returns false when that may not be asked for, or is not to be had now; what the engine has is left alone then.
   */
  async refresh(text: string): Promise<boolean> {
    const reference = parseReference(text);
    if (reference === undefined || this.#obstacle(reference) !== undefined) return false;
    return this.#pull(reference.withTag);
  }

  async #find(text: string, line: number): Promise<ImageDetails> {
    const reference = parseReference(text);
    if (reference === undefined) throw missing(text, line, 'it is no reference of an image');
    const { buildEngine } = this.#options;
    const present = await buildEngine.imageDetails(reference.withTag);
    if (present !== undefined) {
      if (isId(reference.withTag, present)) {
        throw buildRefused([
          { line, instruction: 'FROM', reason: 'names an image by its id; name it by a reference.' },
        ]);
      }
      return present;
    }
    const obstacle = this.#obstacle(reference);
    if (obstacle !== undefined) throw missing(text, line, obstacle);
    const pulled = (await this.#pull(reference.withTag))
      ? await buildEngine.imageDetails(reference.withTag)
      : undefined;
    if (pulled === undefined) throw missing(text, line, 'no registry that answers has it');
    return pulled;
  }

  #obstacle({ host }: ImageReference): string | undefined {
    const { pulls, registries } = this.#options;
    if (!pulls) return 'this server fetches none';
    return host === undefined || registries.includes(host) ? undefined : `this server fetches none from ${host}`;
  }

  /** Those who ask for one image at a time wait for one pull, and hear its failure for a while. */
  #pull(reference: string): Promise<boolean> {
    let pull = this.#pulls.get(reference);
    if (pull === undefined) {
      pull = this.#pullNow(reference);
      this.#pulls.set(reference, pull);
      const forget = (): void => {
        this.#pulls.delete(reference);
      };
      pull.then((worked) => {
        if (worked) forget();
        else setTimeout(forget, refusalMemoryMs).unref();
      }, forget);
    }
    return pull;
  }

  async #pullNow(reference: string): Promise<boolean> {
    const { engine, pullTimeoutMs = 300_000 } = this.#options;
    try {
      await engine.pullImage(reference, { signal: AbortSignal.timeout(pullTimeoutMs) });
      return true;
    } catch (error) {
      // An engine that cannot be spoken to is no missing image.
      if (!(error instanceof EngineError) || error.code === 'unreachable' || error.code === 'permission_denied')
        throw error;
      return false;
    }
  }
}

/** The stage's image at the bottom, in words for people; follows stages that are built on stages. */
export function baseOfLastStage(stages: readonly Stage[], bases: ReadonlyMap<string, Base>): string {
  let stage = stages.at(-1);
  while (stage?.base.kind === 'stage') stage = stages[stage.base.index];
  if (stage?.base.kind !== 'image') return 'scratch';
  const base = bases.get(stage.base.reference);
  return `${stage.base.reference} (${base?.id ?? 'unknown'})`;
}

/** A reference that reads like the beginning of an id finds the image of that id. */
function isId(withTag: string, { id, references }: ImageDetails): boolean {
  const name = withTag.replace(/:latest$/, '');
  return !references.includes(withTag) && (id === name || id.slice('sha256:'.length).startsWith(name));
}

function unsuitable(details: ImageDetails, architecture: string): readonly string[] {
  return [
    ...(details.triggers.length > 0 ? ['which has ONBUILD instructions; build on another one.'] : []),
    ...(details.volumes.length > 0
      ? [`which declares volumes (${details.volumes.slice(0, 5).join(', ')}); build on another one.`]
      : []),
    ...(details.operatingSystem !== 'linux' || details.architecture !== architecture
      ? [`which is for ${details.operatingSystem}/${details.architecture}, not for linux/${architecture}.`]
      : []),
  ];
}

function missing(reference: string, line: number, why: string): SraasError {
  const message = `Line ${line}: FROM needs the image ${quote(reference)}, which the engine does not have, and ${why}: load it there, or build on another one.`;
  return new SraasError('RUNTIME_NOT_READY', message, { violations: [{ pointer: '/dockerfile', message }] });
}
