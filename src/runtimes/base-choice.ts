import { EngineError } from '../engine/engine-error.ts';
import { officialReference, type Base, type BaseOptions, type LocalBases } from './base.ts';
import type { ImageEngine } from './image-engine.ts';
import type { Runtime } from './runtime.ts';

const pullTimeoutMs = 300_000;

/**
 * Chooses what a runtime's image is built on: the official image when the engine has it or can pull it, else a base made on
 * this machine. Says which, and why. Once a pull has failed, no other is tried: the next one would wait as long.
 */
export class BaseChoice {
  readonly #engine: ImageEngine;
  readonly #localBases: LocalBases;
  #pullFailure: string | undefined;

  constructor(engine: ImageEngine, localBases: LocalBases) {
    this.#engine = engine;
    this.#localBases = localBases;
  }

  async choose(runtime: Runtime, options: BaseOptions): Promise<Base> {
    const reference = officialReference(runtime);
    const present = await this.#engine.findImage(reference);
    if (present !== undefined && !options.force) {
      options.steps.note(`base is the official image ${reference}, which the engine has`);
      return { reference, id: present.id, origin: 'official' };
    }
    const pulled = await this.#pull(reference, options);
    if (pulled !== undefined) return pulled;
    const reason = this.#pullFailure ?? 'no registry answers';
    if (present !== undefined) {
      options.steps.note(`base is the official image ${reference} as the engine has it; no newer one: ${reason}`);
      return { reference, id: present.id, origin: 'official' };
    }
    options.steps.note(`base is made on this machine, because ${reference} could not be pulled: ${reason}`);
    return this.#localBases.make(runtime, options);
  }

  async #pull(reference: string, { steps, signal }: BaseOptions): Promise<Base | undefined> {
    if (this.#pullFailure !== undefined) return undefined;
    const limit = AbortSignal.timeout(pullTimeoutMs);
    try {
      const image = await steps.run(`pulling ${reference}`, (onProgress) =>
        this.#engine.pullImage(reference, {
          onProgress,
          signal: signal === undefined ? limit : AbortSignal.any([limit, signal]),
        }),
      );
      return { reference, id: image.id, origin: 'official' };
    } catch (error) {
      if (signal?.aborted === true || !meansNoRegistry(error)) throw error;
      this.#pullFailure = error.message;
      return undefined;
    }
  }
}

/** An engine that can't be spoken to is not a missing registry: a local base would need it just as much. */
function meansNoRegistry(error: unknown): error is EngineError {
  return error instanceof EngineError && error.code !== 'unreachable' && error.code !== 'permission_denied';
}
