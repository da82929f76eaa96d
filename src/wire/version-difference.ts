import type { CodeDocument } from './function.ts';

/** How one version of a function differs from another. */
export interface VersionDifferenceDocument {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  readonly code: { readonly same: boolean; readonly from: CodeDocument; readonly to: CodeDocument };
  /** In the order of the configuration's members; empty when both have the same. */
  readonly config: readonly ConfigChangeDocument[];
}

/** One member of the configuration that differs. A side that lacks it has no value. */
export interface ConfigChangeDocument {
  /** JSON pointer (RFC 6901) to it: `/limits/memory_mb`, `/env/LEVEL`. */
  readonly pointer: string;
  readonly from?: unknown;
  readonly to?: unknown;
}
