import type { Attachment, AttachmentEvents } from './attachment.ts';
import type { ContainerSpec, RecordedContainer } from './container.ts';

/**
 * The port to a container engine. Adapters translate; they decide nothing about isolation.
 *
 * Guarantees of every adapter:
 * - Every call rejects with an {@link EngineError} and nothing else, and within its own time limit.
 * - `kill` and `remove` are idempotent: a container that is gone already is a success.
 * - Nothing is retried.
 */
export interface Engine {
  info(): Promise<EngineInfo>;
  /** Whether it still takes new connections: one that is told to stop goes on answering on those it has. */
  knock(): Promise<void>;

  create(spec: ContainerSpec): Promise<ContainerId>;
  start(id: ContainerId): Promise<void>;
  /** Takes hold of a container's standard streams: before its start, so that nothing is missed. */
  attach(id: ContainerId, events: AttachmentEvents): Promise<Attachment>;
  /** What the engine recorded of a container, in the port's own terms, to compare with what was asked for. */
  inspect(id: ContainerId, asked: ContainerSpec): Promise<RecordedContainer>;
  /**
   * Resolves when the container has ended; rejects with `timeout` when it has not by then, and at once when nobody wants to
   * know any more.
   */
  wait(id: ContainerId, timeoutMs: number, signal?: AbortSignal): Promise<ContainerExit>;
  /** Whether the engine that answers now has seen the container end: not when it has been started since. */
  sawEnd(id: ContainerId): Promise<boolean>;
  /** Stops all processes of a running container from getting any processor time, until `resume`. */
  pause(id: ContainerId): Promise<void>;
  resume(id: ContainerId): Promise<void>;
  kill(id: ContainerId): Promise<void>;
  /** Removes the container and its anonymous volumes, running or not. */
  remove(id: ContainerId): Promise<void>;
  /** All containers, running or not, that carry all of these labels. */
  list(labels: Readonly<Record<string, string>>): Promise<readonly ListedContainer[]>;

  /** The image behind a reference or id; undefined when it is not on the engine. */
  findImage(reference: string): Promise<EngineImage | undefined>;
  listImages(labels: Readonly<Record<string, string>>): Promise<readonly EngineImage[]>;
  /** Asks a registry for an image. Rejects with `image_not_found` when no registry has it or none answers. */
  pullImage(reference: string, options: ProgressOptions): Promise<EngineImage>;
  /** Makes an image from a tar of a root file system (`docker import`). */
  importImage(rootFileSystem: NodeJS.ReadableStream, options: ImportOptions): Promise<EngineImage>;
  /** Builds an image from a tar of a build context with a `Dockerfile` at its top. */
  buildImage(context: NodeJS.ReadableStream, options: BuildOptions): Promise<EngineImage>;
  removeImage(id: string): Promise<void>;
}

export type ContainerId = string & { readonly __brand: 'ContainerId' };

export interface EngineInfo {
  readonly name: string;
  readonly version: string;
  readonly apiVersion: string;
  readonly operatingSystem: string;
  /** Release of the kernel that the engine runs on. */
  readonly kernelVersion: string;
  /** Processor architecture in the engine's words, `x86_64` for example. */
  readonly architecture: string;
  readonly cgroupVersion: 1 | 2;
  /** Who makes control groups: the engine itself (`cgroupfs`), or `systemd`, or nobody (`none`). */
  readonly cgroupDriver: string;
  readonly securityFeatures: readonly string[];
  readonly runtimes: readonly string[];
  readonly defaultRuntime: string;
  readonly limits: { readonly memory: boolean; readonly swap: boolean; readonly cpu: boolean; readonly pids: boolean };
  readonly liveRestore: boolean;
  readonly warnings: readonly string[];
}

/** How a container ended, from the engine's records. */
export interface ContainerExit {
  readonly exitCode: number;
  /** The kernel's out-of-memory killer acted inside the container. */
  readonly outOfMemory: boolean;
}

export interface ListedContainer {
  readonly id: ContainerId;
  readonly labels: Readonly<Record<string, string>>;
  readonly running: boolean;
  readonly createdAt: Date;
}

export interface EngineImage {
  /** Content id, `sha256:…`. */
  readonly id: string;
  readonly references: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly sizeBytes: number;
  readonly createdAt: Date;
}

export interface ProgressOptions {
  /** Called with each line of the engine's progress output. */
  readonly onProgress?: (line: string) => void;
  readonly signal?: AbortSignal;
}

export interface ImportOptions extends ProgressOptions {
  readonly reference: string;
  readonly labels: Readonly<Record<string, string>>;
}

export interface BuildOptions extends ProgressOptions {
  readonly reference: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly buildArguments: Readonly<Record<string, string>>;
  /** Network of RUN steps. */
  readonly network: 'none' | 'default';
}
