import type { ArtifactHash } from '../artifacts/artifact-hash.ts';
import type { AnsweredKey } from '../idempotency/idempotency-store.ts';
import type { ImageKey } from '../runtimes/custom/made-image.ts';
import type { Change } from '../wire/change.ts';
import type { DeployedFunction, FunctionConfig, FunctionId, FunctionVersion, HandlerEntry } from './function.ts';
import type { Precondition } from './precondition.ts';

/** What a deploy asks to be published. */
export interface VersionDraft {
  readonly functionName: string;
  readonly config: FunctionConfig;
  readonly artifactHash: ArtifactHash;
  /** Sum of the artifact's file sizes. */
  readonly artifactBytes: number;
  /** Left out by a version without a handler, whose image is the program. */
  readonly entry: HandlerEntry | undefined;
  /** The image that was built from the version's own Dockerfile. */
  readonly imageKey?: ImageKey;
  /** Whether its runtime is one that a user made, and may have removed meanwhile. */
  readonly usesCustomRuntime?: boolean;
  /** The version whose code it has, where none was uploaded. */
  readonly copiedFrom?: number;
  readonly precondition?: Precondition;
  /** When the deploy happens; becomes the version's `createdAt`. */
  readonly createdAt: Date;
}

export interface Published {
  readonly fn: DeployedFunction;
  readonly outcome: Change;
}

export interface FunctionListRequest {
  /** Only names after this one; all when left out. */
  readonly after?: string;
  readonly limit: number;
}

export interface VersionListRequest {
  /** Only numbers below this one; all when left out. */
  readonly before?: number;
  readonly limit: number;
}

/**
 * Where functions and their versions are kept. Names are taken as they are: callers have checked them.
 *
 * Guarantees of every adapter:
 * - What `publish` or `remove` acknowledged is durable: it survives a crash of the process and of the machine.
 * - Each call is one transaction: seen whole or not at all.
 * - Failures of the store are a SraasError, `STORE_UNAVAILABLE` or `INSUFFICIENT_STORAGE`, and changed nothing.
 */
export interface FunctionStore {
  /** A function with its newest version; undefined when there is none of that name. */
  find(name: string): Promise<DeployedFunction | undefined>;
  findVersion(name: string, number: number): Promise<FunctionVersion | undefined>;
  /**
   * Creates the function, or gives it its next version. Publishes nothing when artifact, config and entry equal those of
   * the newest version. Calls for one name queue: numbers are 1, 2, 3 without gaps, and each call sees the one before it.
   * @throws SraasError `RUNTIME_NOT_FOUND` when its custom runtime is gone, `INVALID_SECRET` when a secret that it names is not
   * there, `VERSION_NOT_FOUND` when the version is whose code it has, `PRECONDITION_FAILED`; `IDEMPOTENCY_IN_FLIGHT` when the
   * key whose answer is to be kept with it is somebody else's by now.
   */
  publish(draft: VersionDraft, answered?: (published: Published) => AnsweredKey): Promise<Published>;
  /** At most `limit` functions in the order of their names. */
  list(request: FunctionListRequest): Promise<readonly DeployedFunction[]>;
  /** At most `limit` versions, newest first; none for an unknown name. */
  listVersions(name: string, request: VersionListRequest): Promise<readonly FunctionVersion[]>;
  /**
   * Removes a function with all its versions. Idempotent: undefined when there was none. The same name published later
   * is another function, with another id and versions from 1. What belongs to it goes with it: aliases and schedules.
   * @throws SraasError `PRECONDITION_FAILED`
   */
  remove(name: string, precondition?: Precondition): Promise<FunctionId | undefined>;
  /**
   * Removes one version; its number is never given again. `precondition` is about the function.
   * @throws SraasError `FUNCTION_NOT_FOUND`, `VERSION_NOT_FOUND`, `PRECONDITION_FAILED`; `VERSION_IN_USE` for the newest, for
   * one that an alias points at, and for one that accepted work waits for.
   */
  removeVersion(name: string, number: number, precondition?: Precondition): Promise<FunctionId>;
  /** The artifacts that some version refers to; all others may be collected after their grace time. */
  artifactHashesInUse(): Promise<ReadonlySet<ArtifactHash>>;
}
