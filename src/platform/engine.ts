import { checkEngine } from './check-engine.ts';
import { DockerEngine } from '../engine/docker/docker-engine.ts';
import type { Surroundings } from './surroundings.ts';

/** The engine that sandboxes run on. */
export interface OpenEngine {
  readonly engine: DockerEngine;
  /** Processor architecture that sandboxes will run on. */
  readonly architecture: string;
}

/** @throws SraasError `ENGINE_UNAVAILABLE` when the engine cannot hold what every sandbox is promised. */
export async function openEngine({ config, logger }: Surroundings): Promise<OpenEngine> {
  const engine = new DockerEngine({ host: config.engineHost });
  return { engine, architecture: await checkEngine(engine, config, logger) };
}
