/** What an image is built from. Checked and refused by policy when a build is ordered. */
export interface ImageRecipe {
  /** The Dockerfile's text as it came. */
  readonly dockerfile: string;
  /** Host folder with the checked files of the context, which has to stay until the build has ended; undefined for an empty one. */
  readonly contextDirectory: string | undefined;
  /** SHA-256 of the context's files (an artifact hash), or undefined. */
  readonly contextHash: string | undefined;
}

export type BuildState = 'queued' | 'building' | 'succeeded' | 'failed' | 'cancelled';

/** Why a build ended without an image. */
export interface BuildProblem {
  /** One sentence for the user, which says the line where there is one. */
  readonly detail: string;
  /** 1-based line of the Dockerfile. */
  readonly line?: number;
  /** The instruction on that line: `RUN`. */
  readonly instruction?: string;
  /** Exit code of the command that failed. */
  readonly exitCode?: number;
}

export interface BuiltImageFacts {
  /** `sha256:…` */
  readonly imageId: string;
  readonly sizeBytes: number;
  readonly layers: number;
  /** What the image itself would start: Entrypoint followed by Cmd. */
  readonly command: readonly string[];
  readonly workingDirectory: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Reference and id of the image that the last stage is built on. */
  readonly base: string;
}

/** One line of a build's progress. */
export interface BuildLine {
  readonly at: Date;
  /** The engine's output, or our own words; no trailing newline, control characters removed. */
  readonly text: string;
  /** 1-based line of the Dockerfile that is being executed; undefined for our own words. */
  readonly line?: number;
}

/** A build under way or ended. It outlives the request that ordered it. */
export interface Build {
  readonly id: string;
  readonly recipeHash: string;
  readonly state: BuildState;
  readonly queuedAt: Date;
  readonly endedAt: Date | undefined;
  /** What was kept of the log, cut at the cap with a mark. */
  log(): string;
  readonly problem: BuildProblem | undefined;
  readonly image: BuiltImageFacts | undefined;
  /**
   * Replays the kept lines, then tells of each new one, until it has ended. Returns what ends it.
   * @throws SraasError `TOO_MANY_FOLLOWERS`.
   */
  follow(onLine: (line: BuildLine) => void): () => void;
  /** Resolves when it has ended, however; never rejects. */
  readonly ended: Promise<void>;
  /** For everybody who ordered it. Does nothing once it has ended. */
  cancel(): void;
}

/** Orders builds of one server. */
export interface ImageBuilds {
  /**
   * SHA-256 that names what would be built: normalised Dockerfile, context hash, and the ids of its bases.
   * @throws SraasError `BUILD_REFUSED` with all lines that the policy refuses, `ARTIFACT_TOO_LARGE` for the context;
   * `RUNTIME_NOT_READY` when a base is missing and cannot be had.
   */
  recipeHash(recipe: ImageRecipe): Promise<string>;
  /**
   * Starts a build, or joins the one of the same recipe that is under way. An image of the same recipe hash that the engine still
   * has is the build's result at once.
   *
   * @param knownImage asked first for the id of such an image, which spares a search for it; its failure is the order's.
   * @throws as recipeHash, and `QUEUE_FULL`, `DRAINING`.
   */
  order(recipe: ImageRecipe, knownImage?: (recipeHash: string) => Promise<string | undefined>): Promise<Build>;
  /** Removes an image that nothing refers to any more. */
  removeImage(imageId: string): Promise<void>;
  /** Cancels what runs and waits until nothing of it is left. */
  close(): Promise<void>;
}
