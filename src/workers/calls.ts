import type { ArtifactHash } from '../artifacts/artifact-hash.ts';
import type { Config } from '../config/config.ts';
import type { Alias } from '../functions/alias.ts';
import type { FunctionListRequest, VersionListRequest } from '../functions/function-store.ts';
import type { DeployedFunction, FunctionConfig, FunctionId, FunctionVersion } from '../functions/function.ts';
import type { HistoryEntry } from '../history/history-store.ts';
import type { RunningInvocation } from '../invocations/in-flight.ts';
import type { LiveEvent } from '../invocations/live-event.ts';
import type { Reply } from '../invocations/reply.ts';
import type { MetricSnapshot } from '../metrics/snapshot.ts';
import type { Change } from '../servers/change-feed.ts';

/** News for workers: of changes, and whether those of other servers are heard at present. */
export type News = Change | { readonly kind: 'hearing'; readonly hears: boolean };

/** What a worker starts with. */
export interface WorkerOrder {
  readonly number: number;
  /** Its part of the settings. */
  readonly config: Config;
  /** Of the server whose worker it is. */
  readonly instanceId: string;
  /** The engine's processor. */
  readonly architecture: string;
  /** Where the server takes what a worker passes on. */
  readonly serverSocket: string;
  /** As {@link News} of the kind `hearing`. */
  readonly hears: boolean;
}

/** What a worker asks of its server. */
export interface ServerCalls {
  findFunction(name: string): Promise<DeployedFunction | undefined>;
  findVersion(name: string, version: number): Promise<FunctionVersion | undefined>;
  listFunctions(request: FunctionListRequest): Promise<readonly DeployedFunction[]>;
  listVersions(name: string, request: VersionListRequest): Promise<readonly FunctionVersion[]>;
  findAlias(functionName: string, name: string): Promise<Alias | undefined>;
  listAliases(functionName: string): Promise<readonly Alias[]>;
  allAliases(): Promise<readonly Alias[]>;
  environmentOf(config: Pick<FunctionConfig, 'secrets'>): Promise<Readonly<Record<string, string>>>;
  bringCode(hash: ArtifactHash): Promise<void>;
  /** Runs a sync call in the server's own sandboxes. */
  invoke(reference: string, call: { readonly invocationId: string; readonly envelope: Uint8Array }): Promise<Reply>;
  /** Nobody waits for it any more. */
  leaveCall(invocationId: string, why: string): Promise<void>;
  appendHistory(entries: readonly HistoryEntry[]): Promise<void>;
  /** Resolves when all workers have heard what there was to tell when it was called. */
  allHeard(): Promise<void>;
  tellLive(followId: number, event: LiveEvent): Promise<void>;
}

/** What a server asks of a worker. */
export interface WorkerCalls {
  /** Resolves with the URL of the port once it takes calls there. */
  start(order: WorkerOrder): Promise<string>;
  hear(news: News): Promise<void>;
  running(): Promise<readonly RunningInvocation[]>;
  /** Resolves with false when it runs no such invocation. */
  cancel(invocationId: string): Promise<boolean>;
  metrics(): Promise<MetricSnapshot>;
  /** Hands over what is known of invocations that have ended. */
  flushHistory(): Promise<void>;
  follow(followId: number, functionId: FunctionId): Promise<void>;
  unfollow(followId: number): Promise<void>;
  /** Takes no more connections, and lets calls end within the limit. Resolves with how many were cancelled after it. */
  drain(limitMs: number): Promise<number>;
  /** Lets go of all that it has. It ends by itself then. */
  stop(): Promise<void>;
}
