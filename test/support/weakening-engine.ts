import type { ContainerSpec } from '../../src/engine/container.ts';
import { DockerEngine } from '../../src/engine/docker/docker-engine.ts';
import type { ContainerId } from '../../src/engine/engine.ts';
import { engineHost } from './server.ts';

/**
 * A fake: the real engine, but for rewriting what it is asked to create, as an authorization plug-in or a changed default
 * would. No real engine can be made to do that from a test.
 */
export class WeakeningEngine extends DockerEngine {
  readonly created: ContainerId[] = [];
  readonly #weaken: (spec: ContainerSpec) => ContainerSpec;

  constructor(weaken: (spec: ContainerSpec) => ContainerSpec) {
    super({ host: engineHost });
    this.#weaken = weaken;
  }

  override async create(spec: ContainerSpec): Promise<ContainerId> {
    const id = await super.create(this.#weaken(spec));
    this.created.push(id);
    return id;
  }
}
