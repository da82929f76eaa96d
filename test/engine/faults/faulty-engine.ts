import type { ContainerSpec, RecordedContainer } from '../../../src/engine/container.ts';
import { DockerEngine } from '../../../src/engine/docker/docker-engine.ts';
import { EngineError } from '../../../src/engine/engine-error.ts';
import type { ContainerId } from '../../../src/engine/engine.ts';

/**
 * What goes wrong. `refused`: the engine says no, and does nothing. `reply_lost`: it does what it was asked for, and its reply
 * never comes.
 */
export type EngineFault = 'refused' | 'reply_lost';

export interface EngineFaults {
  readonly create?: EngineFault;
  readonly start?: EngineFault;
  readonly inspect?: EngineFault;
  readonly remove?: EngineFault;
}

/** A fake: the real engine, but for calls that go wrong on demand. A real engine fails like this too rarely to wait for it. */
export class FaultyEngine extends DockerEngine {
  faults: EngineFaults = {};

  override create(spec: ContainerSpec): Promise<ContainerId> {
    return this.#perhaps('create', () => super.create(spec));
  }

  override start(id: ContainerId): Promise<void> {
    return this.#perhaps('start', () => super.start(id));
  }

  override inspect(id: ContainerId, asked: ContainerSpec): Promise<RecordedContainer> {
    return this.#perhaps('inspect', () => super.inspect(id, asked));
  }

  override remove(id: ContainerId): Promise<void> {
    return this.#perhaps('remove', () => super.remove(id));
  }

  async #perhaps<T>(call: keyof EngineFaults, work: () => Promise<T>): Promise<T> {
    const fault = this.faults[call];
    if (fault === 'refused') throw new EngineError('refused', `The fake refuses to ${call}`);
    const answer = await work();
    if (fault === 'reply_lost') throw new EngineError('timeout', `The fake loses the reply to ${call}`);
    return answer;
  }
}
