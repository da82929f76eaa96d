/**
 * The documents of the HTTP API as they are on the wire: snake_case, sizes and times with their units in the name.
 * Only what the client reads or sends is here.
 */

/** A function's configuration as a caller gives it; what is left out gets the server's default. */
export interface FunctionConfigDocument {
  /** A runtime of the server, or `dockerfile` for the one in the upload. */
  readonly runtime: string;
  /** `file.export`, split at the last dot; left out where the runtime is a program. */
  readonly handler?: string;
  /** Whether the packages that the upload lists are installed; `none` when left out. */
  readonly dependencies?: 'none' | 'install';
  readonly description?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Environment variables whose values are secrets: the variable's name → the secret's. */
  readonly secrets?: Readonly<Record<string, string>>;
  readonly limits?: Partial<LimitsDocument>;
  readonly network?: 'none' | 'egress';
  readonly isolation?: 'warm' | 'fresh';
  /** Of which invocations event and result are kept; `failures` when left out. */
  readonly history?: 'none' | 'failures' | 'all';
  readonly concurrency?: Partial<ConcurrencyDocument>;
  readonly labels?: Readonly<Record<string, string>>;
}

interface LimitsDocument {
  /** Processor cores, fractions allowed. */
  readonly cpus: number;
  /** MiB, `/tmp` included; there is no swap. */
  readonly memory_mb: number;
  readonly pids: number;
  /** Wall clock of one invocation. */
  readonly timeout_ms: number;
  /** Size of `/tmp` in MiB. */
  readonly tmp_mb: number;
  readonly result_bytes: number;
  readonly log_bytes: number;
}

interface ConcurrencyDocument {
  /** Most sandboxes of one version at a time. */
  readonly max: number;
  /** Sandboxes kept started, also without calls. */
  readonly warm_min: number;
}

/** One version of a function. */
export interface VersionDocument extends Required<Omit<FunctionConfigDocument, 'handler' | 'dependencies'>> {
  readonly handler?: string;
  readonly dependencies?: 'install';
  readonly name: string;
  /** 1, 2, 3, … */
  readonly version: number;
  readonly limits: LimitsDocument;
  readonly concurrency: ConcurrencyDocument;
  readonly code: { readonly sha256: string; readonly bytes: number };
  /** ISO 8601 with milliseconds, as all times on the wire. */
  readonly created_at: string;
  /** Of the function; absent where a single version was asked for. */
  readonly updated_at?: string;
}

/** A function with its newest version. */
export interface FunctionDocument extends VersionDocument {
  readonly updated_at: string;
}

/** What a deploy did: `unchanged` when code and configuration were those of the newest version already. */
export type DeployChange = 'created' | 'updated' | 'unchanged';

export interface DeployReply extends FunctionDocument {
  readonly outcome: DeployChange;
}

/** Where an alias leads: to one version, or to one and a share of the calls to another. */
export interface AliasTargetDocument {
  readonly version: number;
  readonly other_version?: number;
  /** 1 to 99 of 100 calls. */
  readonly other_percent?: number;
}

export interface AliasDocument extends AliasTargetDocument {
  readonly function: string;
  readonly alias: string;
  /** Where it led before its last change. */
  readonly previous: AliasTargetDocument | null;
  readonly revision: number;
  readonly created_at: string;
  readonly updated_at: string;
  /** What a change did; absent where the alias was only looked at. */
  readonly outcome?: DeployChange;
}

/** How one version of a function differs from another. */
export interface VersionDifference {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  readonly code: {
    readonly same: boolean;
    readonly from: { readonly sha256: string; readonly bytes: number };
    readonly to: { readonly sha256: string; readonly bytes: number };
  };
  /** A side that lacks the member has no value. */
  readonly config: readonly { readonly pointer: string; readonly from?: unknown; readonly to?: unknown }[];
}

export interface FunctionPage {
  readonly functions: readonly FunctionDocument[];
  /** Give it back as `cursor` to get the next page; null on the last one. */
  readonly next_cursor: string | null;
}

/** The body of an invoke. */
export interface Envelope {
  readonly version: 'v1';
  readonly event?: unknown;
  readonly context?: Readonly<Record<string, unknown>>;
}

/** How an invocation ended. All but `ok` are the function's own failures; the HTTP status is 200 for each. */
export type OutcomeWord =
  | 'ok'
  | 'handler_error'
  | 'load_error'
  | 'bad_result'
  | 'timeout'
  | 'out_of_memory'
  | 'output_too_large'
  | 'exited'
  | 'protocol_violation';

/** How an invocation went. `result` is null unless the outcome is `ok`, `error` is null when it is. */
export interface InvokeReply {
  readonly result: unknown;
  readonly logs: string;
  readonly error: string | null;
  /** The handler's own time, with fractions. */
  readonly duration_ms: number;
  readonly invocation: InvocationDocument;
}

interface InvocationDocument {
  readonly id: string;
  readonly function: string;
  readonly version: number;
  readonly outcome: OutcomeWord;
  readonly exit_code: number | null;
  readonly cold_start: boolean;
  readonly queue_ms: number;
  /** What a cold start took; 0 when there was none. */
  readonly init_ms: number;
  /** Highest memory use of the sandbox during the invocation; null where the kernel cannot tell. */
  readonly max_memory_bytes: number | null;
  /** Processor time of all its processes; null where the kernel cannot tell. */
  readonly cpu_ms: number | null;
  readonly logs_truncated: boolean;
}

/** An invocation that has not ended. */
export interface RunningDocument {
  readonly id: string;
  readonly function: string;
  readonly version: number;
  readonly started_at: string;
  /** `waiting` for a sandbox, or `running` in one. */
  readonly state: 'waiting' | 'running';
}

export interface RunningReply {
  readonly invocations: readonly RunningDocument[];
}

/** Which invocations of a function are asked for; the server judges the words. */
export interface HistoryFilterDocument {
  readonly outcome?: string;
  readonly state?: string;
  readonly mode?: string;
  readonly version?: string | number;
}

/** What is kept of an invocation. */
export interface RecordDocument {
  readonly id: string;
  readonly function: string;
  readonly version: number;
  readonly mode: 'sync' | 'async' | 'scheduled';
  /** The last four are final. */
  readonly state: 'queued' | 'running' | 'succeeded' | 'failed' | 'dead' | 'cancelled';
  /** Null until it has ended, and when the platform could not run it. */
  readonly outcome: OutcomeWord | null;
  /** Why the platform could not run it. */
  readonly error_code: string | null;
  readonly error: string | null;
  /** Attempts begun. */
  readonly attempt: number;
  readonly max_attempts: number;
  readonly created_at: string;
  /** Of the last attempt, as all that follows. */
  readonly started_at: string | null;
  readonly ended_at: string | null;
  readonly duration_ms: number | null;
  readonly queue_ms: number | null;
  readonly init_ms: number | null;
  readonly cpu_ms: number | null;
  readonly max_memory_bytes: number | null;
  readonly exit_code: number | null;
  readonly cold_start: boolean;
  readonly logs_truncated: boolean;
  /** The invocation whose event it ran again. */
  readonly replay_of: string | null;
  readonly schedule: string | null;
  /** Left out where nobody is told of its end. */
  readonly webhook?: WebhookDocument;
  /** These are there where they are kept; never in a list. */
  readonly event?: unknown;
  readonly context?: Readonly<Record<string, unknown>>;
  readonly result?: unknown;
  readonly logs?: string;
}

/** What became of telling a webhook of an invocation's end. */
interface WebhookDocument {
  readonly state: 'pending' | 'delivered' | 'failed';
  /** Calls that were made. */
  readonly attempts: number;
  /** Of its last answer. */
  readonly status: number | null;
  readonly error: string | null;
}

export interface DeadLetterPage {
  readonly dead_letters: readonly RecordDocument[];
  readonly next_cursor: string | null;
}

export interface RecordPage {
  readonly invocations: readonly RecordDocument[];
  readonly next_cursor: string | null;
}

interface LiveInvocation {
  readonly invocation_id: string;
  readonly at: string;
}

/** One event of a function's logs, by its name on the wire. */
export type LiveLogEvent =
  /** The first event: every invocation that begins from here on is told. */
  | { readonly event: 'following' }
  | (LiveInvocation & { readonly event: 'begin'; readonly version: number })
  /** Whole characters, but not always whole lines. */
  | (LiveInvocation & { readonly event: 'log'; readonly text: string })
  | (LiveInvocation & {
      readonly event: 'end';
      /** Null when the platform ended it with an error, whose code is in `code`. */
      readonly outcome: OutcomeWord | null;
      readonly code: string | null;
      readonly duration_ms: number;
      readonly logs_truncated: boolean;
    })
  /** The reader was too slow: so many bytes of logs, and so many events, were left out here. */
  | { readonly event: 'dropped'; readonly bytes: number; readonly events: number }
  /** The last event: the function was removed, or the server shuts down. */
  | { readonly event: 'removed' }
  | { readonly event: 'draining' };

export interface HealthReply {
  readonly status: string;
  /** Of the product. */
  readonly version: string;
  readonly started_at: string;
}

export interface RuntimeDocument {
  readonly name: string;
  readonly kind: 'built_in' | 'custom';
  readonly contract: 'handler' | 'command';
  /** Null for a program, and while it is not known yet. */
  readonly language: string | null;
  readonly description: string;
  /** `missing`: the engine does not have its image. `building` and `failed`: there never was one. */
  readonly state: 'ready' | 'missing' | 'building' | 'failed';
  readonly image?: string;
  readonly size_bytes?: number;
  /** Where the image's base came from. */
  readonly base?: string;
  readonly language_version?: string | null;
  /** What runs for each event, of the contract `command`. */
  readonly command?: readonly string[] | null;
  readonly recipe_sha256?: string;
  readonly built_at?: string;
  readonly created_at?: string;
  readonly updated_at?: string;
  /** Of a custom runtime: the build that was ordered last, which need not be the one that serves. */
  readonly last_build?: BuildDocument;
}

/** What a custom runtime is to be. */
export interface RuntimeDefinitionDocument {
  readonly contract: 'handler' | 'command';
  /** Found by looking into the image when left out. */
  readonly language?: 'node' | 'python';
  /** The text; left out when the context has a file `Dockerfile`. */
  readonly dockerfile?: string;
  readonly description?: string;
}

/** A build of a custom runtime. */
export interface BuildDocument {
  readonly id: string;
  readonly state: 'building' | 'succeeded' | 'failed' | 'cancelled';
  readonly queued_at: string;
  readonly ended_at: string | null;
  /** Why it came to nothing, in one sentence. */
  readonly problem: string | null;
  /** Line of the Dockerfile that the problem is at, from 1. */
  readonly problem_line: number | null;
}

export interface BuildLogDocument extends BuildDocument {
  readonly log: string;
}

/** One event of a build, by its name on the wire. */
export type BuildEvent =
  | {
      readonly event: 'log';
      /** Null for a line of a build that ended before. */
      readonly at: string | null;
      readonly text: string;
      /** Line of the Dockerfile that is being carried out, from 1. */
      readonly line: number | null;
    }
  /** The reader was too slow: so many lines were left out here. */
  | { readonly event: 'dropped'; readonly lines: number };

/** A schedule as a caller gives it; what is left out gets its default. */
export interface ScheduleDefinitionDocument {
  /** Five fields, or six with seconds first. */
  readonly cron: string;
  /** `UTC` when left out. */
  readonly timezone?: string;
  readonly event?: unknown;
  readonly context?: Readonly<Record<string, unknown>>;
  /** The name of an alias, or the number of a version. */
  readonly qualifier?: string;
  readonly overlap?: 'skip' | 'allow';
  readonly enabled?: boolean;
}

/** A schedule in a list. */
export interface ScheduleSummary {
  readonly function: string;
  readonly schedule: string;
  readonly cron: string;
  readonly timezone: string;
  readonly qualifier: string | null;
  readonly overlap: 'skip' | 'allow';
  readonly enabled: boolean;
  /** Null while it is switched off. */
  readonly next_at: string | null;
  readonly last_at: string | null;
  readonly last_invocation_id: string | null;
  /** Times that were left out because the run before had not ended. */
  readonly skipped: number;
  /** Why the last time that came was not run. */
  readonly problem: string | null;
  readonly revision: number;
  readonly created_at: string;
  readonly updated_at: string;
}

export interface ScheduleDocument extends ScheduleSummary {
  readonly event: unknown;
  readonly context: Readonly<Record<string, unknown>>;
}

export interface SetScheduleReply extends ScheduleDocument {
  readonly outcome: 'created' | 'updated';
}

/** A secret. There is no way to get its value back. */
export interface SecretDocument {
  readonly name: string;
  readonly created_at: string;
  /** When its value was set last. */
  readonly updated_at: string;
  /** Names of the functions of which a version names it. */
  readonly used_by: readonly string[];
}

export interface SetSecretReply extends SecretDocument {
  readonly outcome: 'created' | 'updated';
}

export interface SecretPage {
  readonly secrets: readonly SecretDocument[];
  /** Give it back as `cursor` to get the next page; null on the last one. */
  readonly next_cursor: string | null;
}

export interface PrunedImage {
  readonly image: string;
  readonly size_bytes: number;
}

/** An error of the API, `application/problem+json` (RFC 9457). */
export interface ProblemDocument {
  readonly type?: string;
  readonly title?: string;
  readonly status?: number;
  /** Stable, upper snake case. */
  readonly code?: string;
  readonly detail?: string;
  readonly errors?: readonly ViolationDocument[];
  readonly request_id?: string;
}

export interface ViolationDocument {
  /** JSON pointer (RFC 6901) into what was sent; empty for the whole. */
  readonly pointer: string;
  readonly message: string;
}
