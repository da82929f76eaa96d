import Docker from 'dockerode';
import { EngineError } from '../engine-error.ts';
import type { NetworkEngine, NetworkSpec, RecordedNetwork } from '../network-engine.ts';
import { withinTime } from './within-time.ts';

const bridgeName = 'com.docker.network.bridge.name';

/** Options of Docker's bridge driver that decide who may speak with whom. */
const options = {
  'com.docker.network.bridge.enable_icc': 'false',
  // The address translation is part of our own packet filter: without the filter there is no way out either.
  'com.docker.network.bridge.enable_ip_masquerade': 'false',
} as const;

interface DockerNetworksOptions {
  /** Address of the engine: `unix:///var/run/docker.sock`. */
  readonly host: string;
  readonly callTimeoutMs?: number;
}

/** The networks of a Docker engine (API 1.41 or newer), by dockerode. */
export class DockerNetworks implements NetworkEngine {
  readonly #docker: Docker;
  readonly #callTimeoutMs: number;

  constructor({ host, callTimeoutMs = 30_000 }: DockerNetworksOptions) {
    this.#docker = new Docker({ socketPath: host.replace(/^unix:\/\//, '') });
    this.#callTimeoutMs = callTimeoutMs;
  }

  async findNetwork(name: string): Promise<RecordedNetwork | undefined> {
    try {
      const answer = await this.#call(() => this.#docker.getNetwork(name).inspect());
      // The engine also answers to the beginning of an id.
      return answer.Name === name ? recordedNetwork(answer) : undefined;
    } catch (error) {
      if (error instanceof EngineError && error.code === 'network_not_found') return undefined;
      throw error;
    }
  }

  async createNetwork({ name, labels, bridge }: NetworkSpec): Promise<void> {
    await this.#call((abortSignal) =>
      this.#docker.createNetwork({
        Name: name,
        CheckDuplicate: true,
        Driver: 'bridge',
        Internal: false,
        Attachable: false,
        Ingress: false,
        EnableIPv6: false,
        Options: { ...options, [bridgeName]: bridge },
        Labels: { ...labels },
        abortSignal,
      }),
    );
  }

  async removeNetwork(name: string): Promise<void> {
    try {
      await this.#call((abortSignal) => this.#docker.getNetwork(name).remove({ abortSignal }));
    } catch (error) {
      if (!(error instanceof EngineError) || error.code !== 'network_not_found') throw error;
    }
  }

  #call<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    return withinTime(this.#callTimeoutMs, 'network_not_found', work);
  }
}

function recordedNetwork(answer: Docker.NetworkInspectInfo): RecordedNetwork {
  const recorded = (answer.Options ?? {}) as Readonly<Record<string, string>>;
  const ranges = (answer.IPAM?.Config ?? []).map(({ Subnet = '' }) => Subnet);
  const wrong = {
    Driver: answer.Driver !== 'bridge',
    Scope: answer.Scope !== 'local',
    EnableIPv6: answer.EnableIPv6,
    Internal: answer.Internal,
    Attachable: answer.Attachable,
    ...Object.fromEntries(Object.entries(options).map(([name, value]) => [name, recorded[name] !== value])),
  };
  return {
    id: answer.Id,
    name: answer.Name,
    labels: answer.Labels ?? {},
    bridge: recorded[bridgeName] ?? '',
    subnet: ranges.length === 1 && !(ranges[0] ?? '').includes(':') ? (ranges[0] ?? '') : '',
    unexpected: Object.entries(wrong)
      .filter(([, isWrong]) => isWrong)
      .map(([name]) => name),
  };
}
