import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { docker } from './containers.ts';

/** Where an engine on this machine keeps something for each container; nothing there can be seen by who is not root. */
export class EngineTraces {
  readonly #places: readonly string[];

  private constructor(places: readonly string[]) {
    this.#places = places;
  }

  static async find(): Promise<EngineTraces> {
    const { DockerRootDir: root } = (await docker.info()) as { readonly DockerRootDir: string };
    const hierarchies = readdirSync('/sys/fs/cgroup').map((name) => join('/sys/fs/cgroup', name, 'docker'));
    return new EngineTraces([join(root, 'containers'), join(root, 'image/overlay2/layerdb/mounts'), ...hierarchies]);
  }

  /** Files and control groups that there are of some containers. */
  of(containerIds: Iterable<string>): readonly string[] {
    return [...containerIds].flatMap((id) => this.#places.map((place) => join(place, id))).filter(existsSync);
  }
}
