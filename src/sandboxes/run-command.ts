import type { ContainerSpec } from '../engine/container.ts';
import type { HandlerRuntime } from '../runtimes/runtime.ts';
import { containerSpec, type ContainerLimits } from './container-spec.ts';

interface Shown {
  readonly runtime: HandlerRuntime;
  readonly limits: ContainerLimits;
  readonly network: 'none' | 'egress';
  readonly engineRuntime: string;
}

/** The `docker run` that would give a container the walls of a handler's, in one line for people, with words for what differs each time. */
export function handlerRunCommand({ runtime, limits, network, engineRuntime }: Shown): string {
  const spec = containerSpec({
    ...{ runtime, limits, engineRuntime },
    sandboxId: '',
    labels: {},
    image: runtime.name,
    uid: 0,
    network: network === 'none' ? undefined : { network: 'FILTERED', nameServers: [], resolverFile: 'RESOLVERS' },
    seccompProfile: '',
    cgroupParent: '',
    codeDirectory: 'CODE',
    channelDirectory: 'CHANNEL',
    shimDirectory: 'SHIM',
  });
  return runCommand(spec);
}

/**
 * What the engine is asked for over its API, as flags. Left out is what only this server reads: name, labels, environment.
 * Source of the flags: https://docs.docker.com/reference/cli/docker/container/run/
 */
function runCommand(spec: ContainerSpec): string {
  const bytes = String(spec.memoryBytes);
  return [
    'docker run --rm',
    ...(spec.init ? ['--init'] : []),
    `--cpus ${spec.cpus}`,
    `--cpu-shares ${spec.cpuShares}`,
    `--memory ${bytes}`,
    `--memory-swap ${bytes}`,
    `--pids-limit ${spec.pids}`,
    ...spec.droppedCapabilities.map((name) => `--cap-drop ${name}`),
    ...spec.addedCapabilities.map((name) => `--cap-add ${name}`),
    ...(spec.noNewPrivileges ? ['--security-opt no-new-privileges'] : []),
    '--security-opt seccomp=PROFILE',
    ...(spec.readOnlyRoot ? ['--read-only'] : []),
    ...spec.temporaryFileSystems.map(
      ({ target, sizeBytes, inodes, executable }) =>
        `--tmpfs ${target}:rw,${executable === true ? 'exec' : 'noexec'},nosuid,nodev,size=${sizeBytes},nr_inodes=${inodes}`,
    ),
    `--network ${spec.network}`,
    ...spec.nameServers.map((address) => `--dns ${address}`),
    `--ipc ${spec.ipc}`,
    `--cgroupns ${spec.cgroupNamespace}`,
    '--user ID:ID',
    ...Object.entries(spec.ulimits).map(([name, value]) => `--ulimit ${name}=${value}`),
    `--oom-score-adj ${spec.oomScoreAdjustment}`,
    ...(spec.engineRuntime === '' ? [] : [`--runtime ${spec.engineRuntime}`]),
    ...spec.mounts.map(({ source, target, readOnly }) => `--volume ${source}:${target}${readOnly ? ':ro' : ''}`),
    `--workdir ${spec.workingDirectory}`,
    spec.image,
    ...spec.command,
  ].join(' ');
}
