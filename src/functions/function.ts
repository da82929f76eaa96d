import type { ArtifactHash } from '../artifacts/artifact-hash.ts';
import type { ImageKey } from '../runtimes/custom/made-image.ts';

/** What a function may use, per sandbox. All are upper bounds that the kernel or the host enforces. */
export interface Limits {
  /** Processor cores, fractions allowed. */
  readonly cpus: number;
  /** Memory including `/tmp`, in MiB; there is no swap. */
  readonly memoryMb: number;
  /** Processes and threads together. */
  readonly pids: number;
  /** Wall clock for one invocation, in milliseconds. */
  readonly timeoutMs: number;
  /** Size of `/tmp` in MiB. */
  readonly tmpMb: number;
  /** Most bytes of a result's JSON text. */
  readonly resultBytes: number;
  /** Most bytes of logs kept per invocation; the rest is cut with a mark. */
  readonly logBytes: number;
}

/** `warm`: a sandbox serves its version's next invocation. `fresh`: a container per invocation that has never run anything. */
export type Isolation = 'warm' | 'fresh';

export interface Concurrency {
  /** Most sandboxes of one version at a time. */
  readonly max: number;
  /** Sandboxes kept started, also without calls. */
  readonly warmMin: number;
}

/** How async invocations of a version are tried again, and who is told of their end. */
export interface AsyncPolicy {
  /** Attempts after which one is given up, the first among them. */
  readonly maxAttempts: number;
  /** The wait before the second attempt, in milliseconds; it doubles with each further one, and is jittered. */
  readonly firstDelayMs: number;
  /** The time after which one is given up however few attempts it had, in milliseconds since it was accepted. */
  readonly maxAgeMs: number;
  /** Called with the reply when one has reached its terminal state. */
  readonly webhookUrl?: string;
  /** The secret that calls of the webhook are signed with. */
  readonly webhookSecret?: string;
}

/** Of which ended invocations event and result are kept: none, those whose outcome is not `ok`, or all. */
export type KeptHistory = 'none' | 'failures' | 'all';

/** Everything about a version but its code. */
export interface FunctionConfig {
  readonly runtime: string;
  /** `file.export`, split at the last dot; undefined where the image is the program. */
  readonly handler: string | undefined;
  /** Whether the packages that the upload lists are installed when it is deployed; left out when it comes with all it needs. */
  readonly dependencies?: 'install';
  readonly description: string;
  readonly env: Readonly<Record<string, string>>;
  /** Secrets that the function sees, each as an environment variable: the variable's name → the secret's. */
  readonly secrets: Readonly<Record<string, string>>;
  readonly limits: Limits;
  readonly network: 'none' | 'egress';
  readonly isolation: Isolation;
  readonly concurrency: Concurrency;
  readonly async: AsyncPolicy;
  readonly history: KeptHistory;
  readonly labels: Readonly<Record<string, string>>;
}

export type FunctionId = string & { readonly __brand: 'FunctionId' };

/** Where a version's handler is, resolved when it was deployed. */
export interface HandlerEntry {
  /** Path of the module inside the artifact, with `/` separators: `src/app.mjs`. */
  readonly file: string;
  readonly exportName: string;
  /** Whether the artifact holds source maps that stacks should be told through. */
  readonly sourceMaps: boolean;
}

/** An immutable artifact with its config. `functionId` differs between a name that was removed and the same name made anew. */
export interface FunctionVersion {
  readonly functionId: FunctionId;
  readonly functionName: string;
  /** 1, 2, 3, … */
  readonly number: number;
  readonly config: FunctionConfig;
  readonly artifactHash: ArtifactHash;
  /** Sum of the artifact's file sizes. */
  readonly artifactBytes: number;
  /** Undefined where the image is the program. */
  readonly entry: HandlerEntry | undefined;
  /** The image that was built from its own Dockerfile; left out by a version of a named runtime. */
  readonly imageKey?: ImageKey;
  readonly createdAt: Date;
}

/** A name and its newest version. */
export interface DeployedFunction {
  readonly id: FunctionId;
  readonly name: string;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly latest: FunctionVersion;
}
