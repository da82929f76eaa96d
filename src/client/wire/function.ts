import type {
  AsyncPolicyDocument,
  ConcurrencyDocument,
  FunctionConfigDocument,
  LimitsDocument,
} from './function-config.ts';

/** One version of a function. */
export interface VersionDocument extends Required<Omit<FunctionConfigDocument, 'handler' | 'dependencies'>> {
  readonly handler?: string;
  readonly dependencies?: 'install';
  readonly name: string;
  /** 1, 2, 3, … */
  readonly version: number;
  readonly limits: LimitsDocument;
  readonly concurrency: ConcurrencyDocument;
  readonly async: AsyncPolicyDocument;
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
