import type { Change } from './change.ts';

/** Where an alias leads: to one version, or to one and, with both other members, a share of the calls to another. */
export interface AliasTargetDocument {
  readonly version: number;
  readonly other_version?: number;
  /** 1 to 99 of 100 calls. */
  readonly other_percent?: number;
}

export interface AliasDocument extends AliasTargetDocument {
  readonly function: string;
  readonly alias: string;
  /** What a rollback goes back to; null when it never led elsewhere. */
  readonly previous: AliasTargetDocument | null;
  readonly revision: number;
  readonly created_at: string;
  readonly updated_at: string;
  /** What a change did; absent where the alias was only looked at. */
  readonly outcome?: Change;
}
