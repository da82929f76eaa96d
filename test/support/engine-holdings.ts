import { containersOfInstance, docker } from './containers.ts';

export interface EngineHoldings {
  /** Ids of one server's sandboxes, running or not. */
  readonly containers: readonly string[];
  /** All volumes, networks and images on the engine that no sraas build has made. */
  readonly others: readonly string[];
}

/** What the engine keeps, so that what an attack leaves there shows. */
export async function engineHoldings(instanceId: string): Promise<EngineHoldings> {
  const [containers, volumes, networks, images] = await Promise.all([
    containersOfInstance(instanceId),
    docker.listVolumes(),
    docker.listNetworks(),
    docker.listImages(),
  ]);
  const foreign = images.filter(({ Labels }) => !Object.keys(labelsOf(Labels)).some((key) => key.startsWith('sraas.')));
  return {
    containers,
    others: [
      ...volumes.Volumes.map(({ Name }) => `volume ${Name}`),
      ...networks.map(({ Id }) => `network ${Id}`),
      ...foreign.map(({ Id }) => `image ${Id}`),
    ],
  };
}

/** The engine says null where an image has none, whatever its types promise. */
function labelsOf(labels: Readonly<Record<string, string>> | null): Readonly<Record<string, string>> {
  return labels ?? {};
}
