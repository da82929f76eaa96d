/**
 * The tables, as every database holds them. Times are ISO 8601 text in UTC with milliseconds: it sorts as time does and
 * reads the same from every database.
 */
export interface StoreTables {
  readonly meta: MetaTable;
  readonly functions: FunctionsTable;
  readonly versions: VersionsTable;
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
  readonly entry_file: string;
  readonly entry_export: string;
  /** 0 or 1. */
  readonly entry_source_maps: number;
  /** The config in its wire form, as JSON text: its escapes keep any string whole in any database. */
  readonly config: string;
  readonly created_at: string;
}
