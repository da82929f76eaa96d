/**
 * A container as the platform asks for it. There is no field for anything that a sandbox never has: privileges, devices,
 * published ports, host namespaces. An adapter sends the safe value for each of those.
 */
export interface ContainerSpec {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Image id, `sha256:…`; never a tag, which can move. */
  readonly image: string;
  /** The whole argument vector, absolute path first. The image's own entry point and command do not apply. */
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly workingDirectory: string;
  readonly hostname: string;
  readonly user: { readonly uid: number; readonly gid: number };
  readonly mounts: readonly BindMount[];
  readonly temporaryFileSystems: readonly TemporaryFileSystem[];
  /** `none`, or the name of one of the engine's networks. */
  readonly network: string;
  /** Addresses of the name servers that look-ups go to; empty where there is no network. */
  readonly nameServers: readonly string[];
  readonly readOnlyRoot: boolean;
  readonly droppedCapabilities: readonly string[];
  readonly addedCapabilities: readonly string[];
  readonly noNewPrivileges: boolean;
  /** The text of the seccomp profile, JSON in the engine's format. */
  readonly seccompProfile: string;
  /** Memory and swap together: there is no swap beyond it. */
  readonly memoryBytes: number;
  readonly cpus: number;
  readonly cpuShares: number;
  readonly pids: number;
  readonly ulimits: Readonly<Record<string, number>>;
  readonly ipc: 'none' | 'private';
  readonly cgroupNamespace: 'private';
  /** Parent control group of all sandboxes; empty for the engine's default. */
  readonly cgroupParent: string;
  readonly oomScoreAdjustment: number;
  /** Whether stdin, stdout and stderr are held for one attachment, whose end is the end of stdin; `none`: stdin is empty. */
  readonly stdio: 'none' | 'attached';
  /** A minimal init as process 1, which reaps what user code leaves. */
  readonly init: boolean;
  /** The engine's low-level runtime, `runc` or `runsc` for example; empty for the engine's default. */
  readonly engineRuntime: string;
}

export interface BindMount {
  readonly source: string;
  readonly target: string;
  readonly readOnly: boolean;
}

export interface TemporaryFileSystem {
  readonly target: string;
  readonly sizeBytes: number;
  readonly inodes: number;
  /** WEAKENS: programs in it may be run. Left out for all that serves functions. */
  readonly executable?: true;
}

/** What an engine says a container is, plus what it should never be. */
export interface RecordedContainer {
  readonly spec: ContainerSpec;
  /** Settings outside {@link ContainerSpec} that weaken isolation, in the engine's words; empty when all is well. */
  readonly unexpected: readonly string[];
  readonly running: boolean;
  /** Host process id of the container's process 1; 0 when it does not run. */
  readonly processId: number;
}
