/**
 * The tables, as every database holds them. Times are ISO 8601 text in UTC with milliseconds: it sorts as time does and
 * reads the same from every database.
 */
export interface StoreTables {
  readonly meta: MetaTable;
  readonly functions: FunctionsTable;
  readonly versions: VersionsTable;
  readonly images: ImagesTable;
  readonly runtimes: RuntimesTable;
  readonly aliases: AliasesTable;
  readonly secrets: SecretsTable;
  readonly version_secrets: VersionSecretsTable;
  readonly invocations: InvocationsTable;
  readonly invocation_payloads: InvocationPayloadsTable;
  readonly work: WorkTable;
  readonly schedules: SchedulesTable;
  readonly idempotency_keys: IdempotencyKeysTable;
  readonly servers: ServersTable;
  readonly artifact_parts: ArtifactPartsTable;
}

interface MetaTable {
  readonly key: string;
  readonly value: string;
}

export interface FunctionsTable {
  readonly id: string;
  readonly name: string;
  /** Number of the newest version; 0 only inside the transaction that makes the function. */
  readonly latest_number: number;
  readonly created_at: string;
  readonly updated_at: string;
}

export interface VersionsTable {
  readonly function_id: string;
  readonly number: number;
  readonly artifact_hash: string;
  /** Some databases' clients give 64-bit integers as text. */
  readonly artifact_bytes: number | string;
  /** Empty, like the export, for a version without a handler. */
  readonly entry_file: string;
  readonly entry_export: string;
  /** 0 or 1. */
  readonly entry_source_maps: number;
  /** The config in its wire form, as JSON text: its escapes keep any string whole in any database. */
  readonly config: string;
  readonly created_at: string;
  /** The config's runtime once more, to find the versions of one. */
  readonly runtime: string;
  /** The image that was built for this version from its own Dockerfile. */
  readonly image_key: string | null;
}

/** What was built from users' Dockerfiles. Others refer to a row by its key; the image itself may be gone from the engine. */
export interface ImagesTable {
  readonly key: string;
  readonly recipe_hash: string;
  readonly serves_as: string;
  /** As JSON text, like the config of a version. */
  readonly dockerfile: string;
  readonly context_hash: string | null;
  readonly image_id: string;
  readonly size_bytes: number | string;
  /** All else about the image, as JSON text. */
  readonly facts: string;
  readonly created_at: string;
  /** Since when nothing refers to it, as far as somebody looked. */
  readonly unused_since: string | null;
}

/** Runtimes that users made, each with its last build. */
export interface RuntimesTable {
  readonly name: string;
  /** As JSON text. */
  readonly description: string;
  readonly contract: string;
  readonly image_key: string | null;
  readonly build_id: string;
  readonly build_state: string;
  readonly build_queued_at: string;
  readonly build_ended_at: string | null;
  /** As JSON text. */
  readonly build_problem: string | null;
  readonly build_problem_line: number | null;
  /** As JSON text: it holds what a build printed. */
  readonly build_log: string;
  readonly created_at: string;
  readonly updated_at: string;
}

/** Movable names of a function's versions. */
export interface AliasesTable {
  readonly function_id: string;
  readonly name: string;
  readonly version: number;
  /** The version that a share of the calls goes to, and that share: 1 to 99. Both null for an alias of one version. */
  readonly other_version: number | null;
  readonly other_percent: number | null;
  /** What it pointed at before its last change, as JSON text; null before the first. */
  readonly previous: string | null;
  /** Goes up by one with each change. */
  readonly revision: number;
  readonly created_at: string;
  readonly updated_at: string;
}

/** Named values that only functions see. */
export interface SecretsTable {
  readonly name: string;
  /** Encrypted and authenticated, with the name as associated data. */
  readonly sealed: Uint8Array;
  readonly created_at: string;
  readonly updated_at: string;
}

/** Which versions name which secrets. */
export interface VersionSecretsTable {
  readonly function_id: string;
  readonly number: number;
  readonly secret: string;
}

/** One row per invocation: those that ended, and the async ones from the moment they were accepted. */
export interface InvocationsTable {
  /** A UUID of version 7, which begins with the time: the order of ids is the order of the invocations. */
  readonly id: string;
  readonly function_id: string;
  readonly function_name: string;
  readonly version: number;
  /** `sync`, `async` or `scheduled`. */
  readonly mode: string;
  readonly state: string;
  /** Null until it has ended, and when it ended by an error of the platform, whose code is beside it. */
  readonly outcome: string | null;
  readonly error_code: string | null;
  /** What the caller was told, cut, as JSON text. */
  readonly error: string | null;
  /** Attempts begun. */
  readonly attempt: number;
  readonly max_attempts: number;
  readonly created_at: string;
  readonly started_at: string | null;
  readonly ended_at: string | null;
  readonly duration_ms: number | null;
  readonly queue_ms: number | null;
  readonly init_ms: number | null;
  readonly cpu_ms: number | null;
  readonly max_memory_bytes: number | string | null;
  readonly exit_code: number | null;
  /** 0 or 1. */
  readonly cold_start: number;
  /** 0 or 1. */
  readonly logs_truncated: number;
  readonly replay_of: string | null;
  readonly schedule: string | null;
  /** What became of telling its webhook, as JSON text; null where it has none. */
  readonly webhook: string | null;
}

/** The bytes of an invocation, apart from its row so that lists do not read them. */
export interface InvocationPayloadsTable {
  readonly invocation_id: string;
  /** The body of the invoke, byte for byte. */
  readonly envelope: Uint8Array | null;
  /** The result's JSON text, byte for byte. */
  readonly result: Uint8Array | null;
  /** UTF-8. */
  readonly logs: Uint8Array | null;
}

/** What is still to be done: async invocations without a terminal state, and webhooks not delivered. */
export interface WorkTable {
  readonly invocation_id: string;
  /** `invoke` or `webhook`. */
  readonly kind: string;
  readonly function_id: string;
  readonly version: number;
  /** Attempts begun. */
  readonly attempt: number;
  readonly due_at: string;
  /** After this it is given up. */
  readonly expires_at: string;
  /** Of the attempt that is under way; null while it waits. */
  readonly lease_token: string | null;
  readonly lease_until: string | null;
  /** Instance id of the server that has it. */
  readonly leased_by: string | null;
  /** What the kind needs beside that, as JSON text. */
  readonly details: string;
}

export interface SchedulesTable {
  readonly function_id: string;
  readonly name: string;
  /** As JSON text. */
  readonly definition: string;
  readonly envelope: Uint8Array;
  /** Null while it is switched off, and when its expression matches no later time. */
  readonly next_at: string | null;
  readonly last_at: string | null;
  readonly last_invocation_id: string | null;
  /** Times that were left out because the run before had not ended. */
  readonly skipped: number;
  /** Why the last time that came was not run, as JSON text; null when it was. */
  readonly problem: string | null;
  readonly revision: number;
  readonly created_at: string;
  readonly updated_at: string;
}

export interface IdempotencyKeysTable {
  /** The route and what it is about. */
  readonly scope: string;
  readonly key: string;
  readonly fingerprint: string;
  /** The run of the server that carries out the request, a dot, and the attempt; null once that has ended. */
  readonly owner: string | null;
  /** Status, headers and body of the reply; null until it is answered, and for ever when it was interrupted. */
  readonly answer: Uint8Array | null;
  readonly created_at: string;
  readonly expires_at: string;
}

/** The servers that share this database. */
export interface ServersTable {
  readonly instance_id: string;
  /** New with each start. */
  readonly run_id: string;
  readonly host: string;
  readonly started_at: string;
  readonly seen_at: string;
}

/** Code, for servers that share this database and not a disk. */
export interface ArtifactPartsTable {
  readonly hash: string;
  readonly part: number;
  readonly bytes: Uint8Array;
  readonly created_at: string;
}
