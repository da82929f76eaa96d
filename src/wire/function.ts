import type { Change } from './change.ts';
import type { CompleteConfigDocument } from './function-config.ts';

/** One version of a function. Values of `env` are shown: they are configuration, not secrets. */
export interface VersionDocument extends CompleteConfigDocument {
  readonly name: string;
  /** 1, 2, 3, … */
  readonly version: number;
  readonly code: CodeDocument;
  /** ISO 8601 in UTC with milliseconds, as all times on the wire. */
  readonly created_at: string;
  /** Of the function; absent where a single version was asked for. */
  readonly updated_at?: string;
}

/** A function: its newest version, and since when there is the name. */
export interface FunctionDocument extends VersionDocument {
  readonly updated_at: string;
}

export interface CodeDocument {
  /** Of the listing of its files. */
  readonly sha256: string;
  readonly bytes: number;
}

export interface DeployReply extends FunctionDocument {
  readonly outcome: Change;
}
