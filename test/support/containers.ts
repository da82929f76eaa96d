import Docker from 'dockerode';
import { DockerEngine } from '../../src/engine/docker/docker-engine.ts';
import { engineHost } from './server.ts';

/** The engine as the product sees it. */
export const engine: DockerEngine = new DockerEngine({ host: engineHost });

/** The engine's own API, for looking at what it really did. */
export const docker: Docker = new Docker({ socketPath: engineHost.replace(/^unix:\/\//, '') });

/** Ids of all sandboxes of one function, running or not, of whichever server. */
export async function containersOf(functionName: string): Promise<readonly string[]> {
  const found = await docker.listContainers({
    all: true,
    filters: { label: ['sraas.managed=sandbox', `sraas.function=${functionName}`] },
  });
  return found.map((container) => container.Id);
}

/** Waits until a question has the answer yes, asking again as fast as the asking allows; fails after the time given. */
export async function until(question: () => Promise<boolean> | boolean, withinMs: number, what: string): Promise<void> {
  const end = performance.now() + withinMs;
  while (!(await question())) {
    if (performance.now() > end) throw new Error(`Not within ${withinMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
