import type Docker from 'dockerode';
import type { ContainerSpec, RecordedContainer, TemporaryFileSystem } from '../container.ts';
import { type HostConfig, streamFlags } from './create-body.ts';

/**
 * Reads `GET /containers/{id}/json` back into the port's terms. Nothing is assumed: a setting that the answer lacks comes out
 * as the weak value, so that a comparison with what was asked for shows it.
 */
export function recordedContainer(answer: Docker.ContainerInspectInfo, asked: ContainerSpec): RecordedContainer {
  const host = answer.HostConfig as HostConfig;
  const { Config: config } = answer;
  const [uid = '0', gid = '0'] = ((config.User as string | null) ?? '').split(':');
  const securityOptions = (host.SecurityOpt ?? []) as readonly string[];
  const seccompOptions = securityOptions.filter((option) => option.startsWith('seccomp='));
  const spec: ContainerSpec = {
    name: answer.Name.replace(/^\//, ''),
    labels: pick(config.Labels, asked.labels),
    image: answer.Image,
    command: [...[config.Entrypoint ?? []].flat(), ...((config.Cmd as string[] | null) ?? [])],
    environment: pick(environment(config.Env), asked.environment),
    workingDirectory: config.WorkingDir,
    hostname: config.Hostname,
    user: { uid: Number(uid), gid: Number(gid) },
    mounts: (host.Mounts ?? []).map((mount) => ({
      source: mount.Source,
      target: mount.Target,
      readOnly: mount.ReadOnly === true,
    })),
    temporaryFileSystems: Object.entries(host.Tmpfs ?? {}).map(([target, options]) =>
      temporaryFileSystem(target, options),
    ),
    network: host.NetworkMode ?? '',
    nameServers: list(host.Dns),
    readOnlyRoot: host.ReadonlyRootfs === true,
    droppedCapabilities: list(host.CapDrop),
    addedCapabilities: list(host.CapAdd),
    noNewPrivileges: securityOptions.includes('no-new-privileges'),
    seccompProfile: seccompOptions[0]?.slice('seccomp='.length) ?? '',
    memoryBytes: host.MemorySwap === host.Memory ? (host.Memory ?? 0) : 0,
    cpus: (host.NanoCpus ?? 0) / 1e9,
    cpuShares: host.CpuShares ?? 0,
    pids: host.PidsLimit ?? 0,
    ulimits: Object.fromEntries((host.Ulimits ?? []).map(({ Name = '', Hard = 0 }): [string, number] => [Name, Hard])),
    ipc: host.IpcMode as 'none',
    cgroupNamespace: host.CgroupnsMode as 'private',
    cgroupParent: host.CgroupParent ?? '',
    oomScoreAdjustment: host.OomScoreAdj ?? 0,
    stdio: standardStreams(config),
    init: host.Init === true,
    engineRuntime: asked.engineRuntime === '' ? '' : (host.Runtime ?? ''),
  };
  const loose = {
    ...unexpected(answer, host),
    ...foreign(answer, asked),
    SecurityOpt: securityOptions.filter((option) => option !== 'no-new-privileges' && option !== seccompOptions[0]),
  };
  return { spec, unexpected: named(loose), running: answer.State.Running, processId: answer.State.Pid };
}

function standardStreams(config: Docker.ContainerInspectInfo['Config']): ContainerSpec['stdio'] {
  const flags = streamFlags.map((flag) => config[flag]);
  if (flags.every((flag) => flag)) return 'attached';
  return flags.some((flag) => flag) ? ('some streams' as 'none') : 'none';
}

/** Loose ends that no {@link ContainerSpec} can ask for: whatever stands here came from an image, a default or a plug-in. */
function unexpected(answer: Docker.ContainerInspectInfo, host: HostConfig): Record<string, unknown> {
  const healthcheck = (answer.Config as { Healthcheck?: { Test?: readonly string[] } | null }).Healthcheck?.Test ?? [];
  return {
    Privileged: host.Privileged,
    Tty: answer.Config.Tty,
    Binds: host.Binds,
    VolumesFrom: host.VolumesFrom,
    Devices: host.Devices,
    DeviceCgroupRules: host.DeviceCgroupRules,
    DeviceRequests: host.DeviceRequests,
    PortBindings: host.PortBindings,
    PublishAllPorts: host.PublishAllPorts,
    Links: host.Links,
    ExtraHosts: host.ExtraHosts,
    GroupAdd: host.GroupAdd,
    Sysctls: host.Sysctls,
    PidMode: host.PidMode,
    UTSMode: host.UTSMode,
    UsernsMode: host.UsernsMode,
    OomKillDisable: host.OomKillDisable,
    AutoRemove: host.AutoRemove,
    Volumes: answer.Mounts.filter((mount) => mount.Type !== 'bind' && mount.Type !== 'tmpfs'),
    UnmaskedPaths: host.MaskedPaths?.length === 0,
    WritableKernelPaths: host.ReadonlyPaths?.length === 0,
    LogDriver: host.LogConfig?.Type === 'none' ? '' : host.LogConfig?.Type,
    RestartPolicy: host.RestartPolicy?.Name === 'no' ? '' : host.RestartPolicy?.Name,
    AppArmor: answer.AppArmorProfile === 'unconfined' ? 'unconfined' : '',
    Healthcheck: healthcheck[0] === 'NONE' ? [] : healthcheck,
    Propagation: (host.Mounts ?? []).filter((mount) => mount.BindOptions?.Propagation !== 'rprivate'),
  };
}

/** What an image or a plug-in added beside what was asked for. */
function foreign(answer: Docker.ContainerInspectInfo, asked: ContainerSpec): Record<string, unknown> {
  const targets = new Set(asked.mounts.map((mount) => mount.target));
  const names = ((answer.Config.Env as string[] | null) ?? []).map((line) => line.slice(0, line.indexOf('=')));
  return {
    ForeignMounts: answer.Mounts.filter((mount) => mount.Type === 'bind' && !targets.has(mount.Destination)),
    // The loader obeys these before the shim's first instruction; a name that comes twice has no one meaning.
    Env: names.filter(
      (name, index) =>
        (name.startsWith('LD_') && !Object.hasOwn(asked.environment, name)) || names.indexOf(name) !== index,
    ),
  };
}

function named(suspects: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(suspects)
    .filter(([, value]) => !isEmpty(value))
    .map(([name, value]) => `${name}: ${JSON.stringify(value)}`);
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === false || value === '' || value === 0) return true;
  return typeof value === 'object' && Object.keys(value).length === 0;
}

function list(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

function environment(lines: readonly string[] | null): Record<string, string> {
  return Object.fromEntries(
    (lines ?? []).map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  );
}

/** Images add members of their own, which the platform's win over; the ones that were asked for are what counts. */
function pick(
  recorded: Readonly<Record<string, string>> | null,
  asked: Readonly<Record<string, string>>,
): Record<string, string> {
  return Object.fromEntries(Object.entries(recorded ?? {}).filter(([name]) => Object.hasOwn(asked, name)));
}

/** Options other than those that are asked for, word for word, count as no limit at all. */
function temporaryFileSystem(target: string, options: string): TemporaryFileSystem {
  const found = /^rw,(noexec|exec),nosuid,nodev,size=(\d+),nr_inodes=(\d+),mode=1777$/.exec(options);
  const [, execution, sizeBytes = 0, inodes = 0] = found ?? [];
  return {
    target,
    sizeBytes: Number(sizeBytes),
    inodes: Number(inodes),
    ...(execution === 'exec' ? { executable: true } : {}),
  };
}
