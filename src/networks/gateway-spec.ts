import type { ContainerSpec } from '../engine/container.ts';

/** What differs between one gateway's container and the next. */
export interface GatewayPlan {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Content id, `sha256:…`. */
  readonly image: string;
  readonly action: 'guard' | 'remove';
  readonly table: string;
  /** Host folder that it shares with the server. */
  readonly directory: string;
  readonly seccompProfile: string;
}

const mebibyte = 1024 * 1024;

/**
 * The container that keeps the packet filter. Pure. It is the one container that is not a sandbox: it runs our script and `nft`,
 * and never anything of a user's.
 *
 * WEAKENS: it is in the network namespace of the engine's machine, with the capability to change what packets may do there. Without
 * both there is no filter that a sandbox could not be beside of. It exists only where the operator sets `allowEgress`.
 */
export function gatewaySpec(plan: GatewayPlan): ContainerSpec {
  return {
    name: plan.name,
    labels: plan.labels,
    image: plan.image,
    command: ['/bin/bash', '/usr/local/bin/gateway', plan.action, plan.table],
    environment: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LD_PRELOAD: '', LD_LIBRARY_PATH: '', BASH_ENV: '' },
    workingDirectory: '/gateway',
    hostname: 'gateway',
    // Only root has the capabilities that a container is given. Source: capabilities(7), transformation during execve.
    user: { uid: 0, gid: 0 },
    mounts: [{ source: plan.directory, target: '/gateway', readOnly: false }],
    temporaryFileSystems: [],
    network: 'host',
    nameServers: [],
    readOnlyRoot: true,
    droppedCapabilities: ['ALL'],
    addedCapabilities: ['NET_ADMIN'],
    noNewPrivileges: true,
    seccompProfile: plan.seccompProfile,
    memoryBytes: 64 * mebibyte,
    cpus: 0.5,
    cpuShares: 1024,
    pids: 32,
    ulimits: { nofile: 1024, core: 0, fsize: mebibyte, memlock: 65_536, msgqueue: 0, rtprio: 0 },
    ipc: 'none',
    cgroupNamespace: 'private',
    // Not among the sandboxes: it must not be killed for what they use up together.
    cgroupParent: '',
    oomScoreAdjustment: 0,
    stdio: 'none',
    init: true,
    // The kernel whose packets are filtered is the engine's, not one that a low-level runtime brings.
    engineRuntime: '',
  };
}
