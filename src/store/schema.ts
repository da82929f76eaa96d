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
