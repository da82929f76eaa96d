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
