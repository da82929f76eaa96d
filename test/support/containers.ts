import Docker from 'dockerode';
import { DockerEngine } from '../../src/engine/docker/docker-engine.ts';
import { engineHost } from './server.ts';

/** The engine as the product sees it. */
export const engine: DockerEngine = new DockerEngine({ host: engineHost });

/** The engine's own API, for looking at what it really did. */
export const docker: Docker = new Docker({ socketPath: engineHost.replace(/^unix:\/\//, '') });

/** Ids of all sandboxes of one function, running or not, of whichever server, on the engine that all tests share or on another. */
export function containersOf(functionName: string, on: Docker = docker): Promise<readonly string[]> {
  return containersWith(['sraas.managed=sandbox', `sraas.function=${functionName}`], on);
}

/** Ids of everything that a server has on the engine, running or left over. */
export function containersOfInstance(instanceId: string): Promise<readonly string[]> {
  return containersWith([`sraas.instance=${instanceId}`], docker);
}

/** Ids of the containers, running or not, that have anything of a server's data directory, as each sandbox has its code. */
export async function containersOn(dataDirectory: string): Promise<readonly string[]> {
  const containers = await docker.listContainers({ all: true });
  const isOn = ({ Source: source }: { readonly Source: string }): boolean => source.startsWith(`${dataDirectory}/`);
  return containers.filter(({ Mounts: mounts }) => mounts.some(isOn)).map(({ Id: id }) => id);
}

async function containersWith(label: readonly string[], on: Docker): Promise<readonly string[]> {
  const found = await on.listContainers({ all: true, filters: { label: [...label] } });
  return found.map(({ Id }) => Id);
}

/** Waits until a question has the answer yes, asking again as fast as the asking allows; fails after the time given. */
export async function until(question: () => Promise<boolean> | boolean, withinMs: number, what: string): Promise<void> {
  const end = performance.now() + withinMs;
  while (!(await question())) {
    if (performance.now() > end) throw new Error(`Not within ${withinMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
