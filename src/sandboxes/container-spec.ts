import { sandboxPaths } from '../../runtime/protocol.ts';
import type { ContainerSpec } from '../engine/container.ts';
import type { Limits } from '../functions/function.ts';
import type { HandlerRuntime } from '../runtimes/runtime.ts';
import type { NetworkAttachment } from './egress.ts';
import { languageEnvironment, shimCommand } from './shim-start.ts';

/** The limits that a container is created with; the others are the host's to keep. */
export type ContainerLimits = Pick<Limits, 'cpus' | 'memoryMb' | 'pids' | 'tmpMb'>;

/** What differs between the walls of one sandbox and those of the next. */
export interface ConfinedPlan {
  readonly sandboxId: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly image: string;
  readonly limits: ContainerLimits;
  /** User and group id that no other live sandbox has. */
  readonly uid: number;
  /** Undefined for a sandbox without a network. */
  readonly network: NetworkAttachment | undefined;
  readonly seccompProfile: string;
  readonly cgroupParent: string;
  readonly engineRuntime: string;
}

/** What differs between one sandbox with a shim and the next. */
export interface SandboxPlan extends ConfinedPlan {
  readonly runtime: HandlerRuntime;
  /** Host folder with the version's code. */
  readonly codeDirectory: string;
  /** Host folder with the sandbox's socket and output pipe; undefined when its standard streams are attached instead. */
  readonly channelDirectory: string | undefined;
  /** Host folder with the shims of all languages. */
  readonly shimDirectory: string;
}

/** What a container's own content decides: the rest of its description is the same for all that runs in sandboxes. */
type Content = 'command' | 'environment' | 'workingDirectory' | 'mounts' | 'stdio';

const mebibyte = 1024 * 1024;

/** Where the shims of all languages are in a sandbox. */
const shimMount = '/opt/sraas';

/**
 * Decides all hardening of a sandbox's container. Pure; nothing that a caller of the API sends reaches a field here but by the
 * checked numbers in `plan.limits`. The engine's record is compared with the answer after the start.
 *
 * Where the numbers come from, field by field: docs/security.md.
 */
export function containerSpec(plan: SandboxPlan): ContainerSpec {
  return {
    ...confinement(plan),
    command: [...shimCommand(plan.runtime, plan.limits.memoryMb), ...transportOptions(plan)],
    environment: {
      PATH: plan.runtime.searchPath ?? '/usr/local/bin:/usr/bin:/bin',
      HOME: '/tmp',
      TMPDIR: '/tmp',
      LANG: 'C.UTF-8',
      TZ: 'UTC',
      // An image must not decide how the shim starts.
      ...languageEnvironment(plan.runtime.language),
      LD_PRELOAD: '',
      LD_LIBRARY_PATH: '',
    },
    workingDirectory: sandboxPaths.code,
    mounts: [
      { source: plan.codeDirectory, target: sandboxPaths.code, readOnly: true },
      { source: plan.shimDirectory, target: shimMount, readOnly: true },
      ...channelMounts(plan),
      ...resolverMounts(plan),
    ],
    stdio: plan.channelDirectory === undefined ? 'attached' : 'none',
  };
}

/** The walls, which are the same whatever runs behind them. */
export function confinement(plan: ConfinedPlan): Omit<ContainerSpec, Content> {
  const { limits } = plan;
  const memoryBytes = limits.memoryMb * mebibyte;
  const tmpBytes = limits.tmpMb * mebibyte;
  return {
    name: `sraas-${plan.sandboxId}`,
    labels: plan.labels,
    image: plan.image,
    hostname: 'sandbox',
    user: { uid: plan.uid, gid: plan.uid },
    // A tmpfs is charged to the container's memory. An inode takes about 1 KiB of it, so their number is capped as well.
    temporaryFileSystems: [{ target: '/tmp', sizeBytes: tmpBytes, inodes: Math.max(1024, limits.tmpMb * 128) }],
    network: plan.network?.network ?? 'none',
    nameServers: plan.network?.nameServers ?? [],
    readOnlyRoot: true,
    droppedCapabilities: ['ALL'],
    addedCapabilities: [],
    noNewPrivileges: true,
    seccompProfile: plan.seccompProfile,
    memoryBytes,
    // The engine counts in billionths.
    cpus: Math.round(limits.cpus * 1e9) / 1e9,
    // A quarter of the default weight, so that the server stays responsive beside busy sandboxes.
    cpuShares: 256,
    pids: limits.pids,
    // No `nproc`: the kernel counts it per user id over the whole host, not per container.
    ulimits: { nofile: 1024, core: 0, fsize: tmpBytes, memlock: 65_536, msgqueue: 0, rtprio: 0 },
    ipc: 'none',
    cgroupNamespace: 'private',
    cgroupParent: plan.cgroupParent,
    // When the host itself runs out of memory, functions go first.
    oomScoreAdjustment: 1000,
    init: true,
    engineRuntime: plan.engineRuntime,
  };
}

/** Where frames and output go over the standard streams, nothing is mounted for them. */
function channelMounts({ channelDirectory: source }: SandboxPlan): ContainerSpec['mounts'] {
  return source === undefined ? [] : [{ source, target: sandboxPaths.directory, readOnly: true }];
}

/** In the place of the engine's own file, which names the engine as the name server and may hold the host's domain. */
export function resolverMounts({ network }: ConfinedPlan): ContainerSpec['mounts'] {
  return network === undefined ? [] : [{ source: network.resolverFile, target: '/etc/resolv.conf', readOnly: true }];
}

function transportOptions({ channelDirectory }: SandboxPlan): readonly string[] {
  return channelDirectory === undefined ? ['--transport', 'stdio'] : [];
}
