import type { FunctionId } from '../functions/function.ts';

/** How a server asks for the lease of what is due. */
export interface ClaimRequest {
  readonly now: Date;
  readonly leaseUntil: Date;
  /** Instance id of the server that claims. */
  readonly leasedBy: string;
  /** Functions that have all the runs under way that they may have. */
  readonly fullFunctions: readonly FunctionId[];
}
