import type { Config } from '../config/config.ts';
import type { Engine } from '../engine/engine.ts';
import type { Platform } from '../platform.ts';

/** Makers of what only some commands need. */
export interface Adapters {
  createPlatform(config: Config): Promise<Platform>;
  createEngine(host: string): Promise<Engine>;
}

/** Loaded when asked for: an `invoke` should not wait for the server's modules. */
export const productionAdapters: Adapters = {
  async createPlatform(config) {
    const { createPlatform } = await import('../platform.ts');
    return createPlatform(config);
  },
  async createEngine(host) {
    const { DockerEngine } = await import('../engine/docker/docker-engine.ts');
    return new DockerEngine({ host });
  },
};
