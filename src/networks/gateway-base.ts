import { EngineError } from '../engine/engine-error.ts';
import { rootRecipe } from '../runtimes/base-recipe.ts';
import type { Base, BaseOptions } from '../runtimes/base.ts';
import { debianRoot } from '../runtimes/debian-root.ts';
import type { ImageEngine } from '../runtimes/image-engine.ts';
import { localRequirements } from '../runtimes/local-requirements.ts';

const official = 'debian:stable-slim';
const pullTimeoutMs = 120_000;

/** Chooses what the gateway's image is built on: Debian's official image, or a root file system made on this machine. */
export class GatewayBase {
  readonly #engine: ImageEngine;
  readonly #baseDirectory: string;

  /** @param baseDirectory the folder `images/base`. */
  constructor(engine: ImageEngine, baseDirectory: string) {
    this.#engine = engine;
    this.#baseDirectory = baseDirectory;
  }

  /** @throws SraasError `RUNTIME_NOT_READY` when neither can be had. */
  async choose(options: BaseOptions): Promise<Base> {
    const { steps } = options;
    const present = options.force ? undefined : await this.#engine.findImage(official);
    if (present !== undefined) return { reference: official, id: present.id, origin: 'official' };
    try {
      const limit = AbortSignal.timeout(pullTimeoutMs);
      const signal = options.signal === undefined ? limit : AbortSignal.any([limit, options.signal]);
      const image = await steps.run(`pulling ${official}`, (onProgress) =>
        this.#engine.pullImage(official, { onProgress, signal }),
      );
      return { reference: official, id: image.id, origin: 'official' };
    } catch (error) {
      options.signal?.throwIfAborted();
      if (!(error instanceof EngineError) || error.code === 'unreachable' || error.code === 'permission_denied')
        throw error;
      steps.note(`base is made on this machine, because ${official} could not be pulled`);
      return this.#makeLocal(options);
    }
  }

  async #makeLocal(options: BaseOptions): Promise<Base> {
    const subject = { name: 'gateway' };
    const distribution = await localRequirements(subject);
    const packages = ['nftables'];
    const recipe = await rootRecipe(this.#baseDirectory, distribution.codename, packages);
    const repository = 'sraas/base-gateway';
    const root = await debianRoot(
      this.#engine,
      { baseDirectory: this.#baseDirectory, runtime: subject, distribution, recipe, repository, packages },
      options,
    );
    const reference = root.references.find((name) => name.startsWith(`${repository}:`)) ?? root.id;
    return { reference, id: root.id, origin: 'local' };
  }
}
