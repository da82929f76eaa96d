import { sandboxPaths } from '../../runtime/protocol.ts';
import type { ContainerSpec } from '../engine/container.ts';
import type { Limits } from '../functions/function.ts';
import type { Runtime } from '../runtimes/runtime.ts';

/** The limits that a container is created with; the others are the host's to keep. */
export type ContainerLimits = Pick<Limits, 'cpus' | 'memoryMb' | 'pids' | 'tmpMb'>;

/** What differs between one sandbox and the next. */
export interface SandboxPlan {
  readonly sandboxId: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly runtime: Runtime;
  readonly image: string;
  readonly limits: ContainerLimits;
  /** User and group id that no other live sandbox has. */
  readonly uid: number;
  /** Host folder with the version's code. */
  readonly codeDirectory: string;
  /** Host folder with the sandbox's socket and output pipe. */
  readonly channelDirectory: string;
  /** Host folder with the shims of all languages. */
  readonly shimDirectory: string;
  readonly seccompProfile: string;
  readonly cgroupParent: string;
  readonly engineRuntime: string;
}

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
  const { limits } = plan;
  const memoryBytes = limits.memoryMb * mebibyte;
  const tmpBytes = limits.tmpMb * mebibyte;
  return {
    name: `sraas-${plan.sandboxId}`,
    labels: plan.labels,
    image: plan.image,
    command: shimCommand(plan),
    environment: {
      PATH: '/usr/local/bin:/usr/bin:/bin',
      HOME: '/tmp',
      TMPDIR: '/tmp',
      LANG: 'C.UTF-8',
      TZ: 'UTC',
      NODE_ENV: 'production',
      // An image must not decide how the shim starts.
      NODE_OPTIONS: '',
      LD_PRELOAD: '',
      LD_LIBRARY_PATH: '',
    },
    workingDirectory: sandboxPaths.code,
    hostname: 'sandbox',
    user: { uid: plan.uid, gid: plan.uid },
    mounts: [
      { source: plan.codeDirectory, target: sandboxPaths.code, readOnly: true },
      { source: plan.shimDirectory, target: shimMount, readOnly: true },
      { source: plan.channelDirectory, target: sandboxPaths.directory, readOnly: true },
    ],
    // A tmpfs is charged to the container's memory. An inode takes about 1 KiB of it, so their number is capped as well.
    temporaryFileSystems: [{ target: '/tmp', sizeBytes: tmpBytes, inodes: Math.max(1024, limits.tmpMb * 128) }],
    network: 'none',
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

function shimCommand({ runtime, limits }: SandboxPlan): readonly string[] {
  switch (runtime.language) {
    case 'node':
      // Below the container's limit, so that V8 collects garbage before the kernel kills.
      return [
        runtime.interpreter,
        `--max-old-space-size=${Math.floor(limits.memoryMb * 0.75)}`,
        // Node's advice on how an upload's package.json is written is nothing that its handler said.
        '--disable-warning=MODULE_TYPELESS_PACKAGE_JSON',
        sandboxPaths.nodeShim,
      ];
    case 'python':
      throw new TypeError('There is no shim for Python yet');
    default:
      return runtime.language satisfies never;
  }
}
