import type Docker from 'dockerode';
import type { ContainerSpec } from '../container.ts';

/**
 * `HostConfig` with the members that the published types lack.
 * Source: Docker Engine API 1.41, `POST /containers/create`.
 */
export type HostConfig = Docker.HostConfig & { CgroupnsMode?: string; NanoCpus?: number };

/** Members that say whether a container's standard streams lead anywhere. */
export const streamFlags = ['OpenStdin', 'StdinOnce', 'AttachStdin', 'AttachStdout', 'AttachStderr'] as const;

export type CreateBody = Omit<Docker.ContainerCreateOptions, 'HostConfig'> & { HostConfig: HostConfig };

/**
 * Says a {@link ContainerSpec} in the words of Docker's API. Pure, and total over the API's isolation settings: whatever an
 * image or an engine default could loosen is sent explicitly, save `MaskedPaths` and `ReadonlyPaths`, where leaving them out
 * gives the engine's own lists, which grow with its advisories, and an empty list would switch masking off.
 */
export function createBody(spec: ContainerSpec): CreateBody {
  return {
    name: spec.name,
    Image: spec.image,
    User: `${spec.user.uid}:${spec.user.gid}`,
    Entrypoint: [...spec.command.slice(0, 1)],
    Cmd: [...spec.command.slice(1)],
    WorkingDir: spec.workingDirectory,
    Env: Object.entries(spec.environment).map(([name, value]) => `${name}=${value}`),
    Hostname: spec.hostname,
    Domainname: '',
    Labels: { ...spec.labels },
    Tty: false,
    ...standardStreams(spec.stdio === 'attached'),
    ExposedPorts: {},
    Volumes: {},
    Healthcheck: { Test: ['NONE'] },
    StopSignal: 'SIGKILL',
    StopTimeout: 1,
    NetworkDisabled: spec.network === 'none',
    HostConfig: hostConfig(spec),
  };
}

/** Stdin ends with its one attachment, so that a container notices when the host has gone. */
function standardStreams(attached: boolean): Pick<CreateBody, (typeof streamFlags)[number]> {
  return {
    OpenStdin: attached,
    StdinOnce: attached,
    AttachStdin: attached,
    AttachStdout: attached,
    AttachStderr: attached,
  };
}

function hostConfig(spec: ContainerSpec): HostConfig {
  return {
    NetworkMode: spec.network,
    ReadonlyRootfs: spec.readOnlyRoot,
    Tmpfs: Object.fromEntries(
      spec.temporaryFileSystems.map(({ target, sizeBytes, inodes, executable }) => [
        target,
        `rw,${executable === true ? 'exec' : 'noexec'},nosuid,nodev,size=${sizeBytes},nr_inodes=${inodes},mode=1777`,
      ]),
    ),
    Mounts: spec.mounts.map(({ source, target, readOnly }) => ({
      Type: 'bind' as const,
      Source: source,
      Target: target,
      ReadOnly: readOnly,
      BindOptions: { Propagation: 'rprivate' as const },
    })),
    CapDrop: [...spec.droppedCapabilities],
    CapAdd: [...spec.addedCapabilities],
    Privileged: false,
    GroupAdd: [],
    SecurityOpt: [...(spec.noNewPrivileges ? ['no-new-privileges'] : []), `seccomp=${spec.seccompProfile}`],
    Memory: spec.memoryBytes,
    MemorySwap: spec.memoryBytes,
    NanoCpus: Math.round(spec.cpus * 1e9),
    CpuShares: spec.cpuShares,
    PidsLimit: spec.pids,
    Ulimits: Object.entries(spec.ulimits).map(([Name, value]) => ({ Name, Soft: value, Hard: value })),
    IpcMode: spec.ipc,
    PidMode: '',
    UTSMode: '',
    CgroupnsMode: spec.cgroupNamespace,
    UsernsMode: '',
    CgroupParent: spec.cgroupParent,
    OomScoreAdj: spec.oomScoreAdjustment,
    Init: spec.init,
    LogConfig: { Type: 'none', Config: {} },
    RestartPolicy: { Name: 'no' },
    AutoRemove: false,
    Binds: [],
    VolumesFrom: [],
    Devices: [],
    DeviceCgroupRules: [],
    DeviceRequests: [],
    PortBindings: {},
    PublishAllPorts: false,
    Links: [],
    ExtraHosts: [],
    Dns: [...spec.nameServers],
    DnsOptions: [],
    DnsSearch: [],
    Sysctls: {},
    ...(spec.engineRuntime === '' ? {} : { Runtime: spec.engineRuntime }),
  };
}
