import type { ContainerId } from './engine.ts';

/**
 * The part of the port that builds images from Dockerfiles of users, under limits, and lets what a build does be watched. The same
 * rules hold as for the rest of the port: nothing but an EngineError is thrown, and nothing is retried.
 */
export interface BuildEngine {
  /**
   * Builds from a tar of a context, without the engine's build cache and without fetching anything. Resolves however the build ended by
   * itself; rejects with `timeout` when the signal cut it off, with `refused` when the engine would not begin. It has no time limit
   * but the signal. A build that was cut off may go on for a moment: look for its containers and images by their labels.
   */
  runBuild(context: NodeJS.ReadableStream, order: BuildOrder): Promise<BuildEnd>;
  /** Containers, running or not, that carry all of these labels, with what they use at this moment. */
  buildContainers(labels: Readonly<Record<string, string>>): Promise<readonly BuildContainer[]>;
  /** Holds a container to a number of processes and threads, running or not. Idempotent; one that is gone is a success. */
  limitProcesses(id: ContainerId, processes: number): Promise<void>;
  /** All images that carry all of these labels, those between two steps of a build too. */
  builtImages(labels: Readonly<Record<string, string>>): Promise<readonly BuiltImage[]>;
  /** What an image says of itself, by reference or id; undefined when it is not on the engine. */
  imageDetails(reference: string): Promise<ImageDetails | undefined>;
}

export interface BuildOrder {
  /** Path of the Dockerfile in the context. */
  readonly dockerfilePath: string;
  /** Name of the finished image. */
  readonly reference: string;
  readonly limits: StepLimits;
  /** Network of RUN steps. */
  readonly network: 'none' | 'default';
  readonly signal: AbortSignal;
  /** Called with the build's output as it comes, in pieces of any size. Nothing more is read until its promise has resolved. */
  readonly onOutput: (text: string) => Promise<void>;
}

/** What each step of a build may use. */
export interface StepLimits {
  /** Memory and swap together. */
  readonly memoryBytes: number;
  readonly cpus: number;
  readonly sharedMemoryBytes: number;
  readonly openFiles: number;
  /** Largest single file that a step may write. */
  readonly fileBytes: number;
  /** Parent control group of the steps; empty for the engine's default. */
  readonly cgroupParent: string;
}

export type BuildEnd =
  | { readonly end: 'built'; readonly imageId: string }
  | {
      readonly end: 'failed';
      /** The engine's own words: they may name paths of its host. */
      readonly message: string;
      /** Exit code of the command that failed; undefined when something else did. */
      readonly exitCode: number | undefined;
    };

export interface BuildContainer {
  readonly id: ContainerId;
  readonly labels: Readonly<Record<string, string>>;
  readonly running: boolean;
  /** What it has written above its image. */
  readonly writtenBytes: number;
  /** Processes and threads; 0 when it does not run. */
  readonly processes: number;
}

export interface BuiltImage {
  readonly id: string;
  /** Id of the image that it was made from; empty when there is none. */
  readonly parentId: string;
  readonly references: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  /** Of all its layers together. */
  readonly sizeBytes: number;
}

export interface ImageDetails {
  readonly id: string;
  readonly references: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly sizeBytes: number;
  readonly layers: number;
  /** `linux` for example. */
  readonly operatingSystem: string;
  /** In the words of images: `amd64`, `arm64`. */
  readonly architecture: string;
  readonly entryPoint: readonly string[];
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly workingDirectory: string;
  /** Folders that each container of it would have a writable volume for. */
  readonly volumes: readonly string[];
  /** Instructions that a build from it would run first. */
  readonly triggers: readonly string[];
}
