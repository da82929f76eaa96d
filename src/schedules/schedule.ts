import type { FunctionId } from '../functions/function.ts';
import type { Times } from './times.ts';

/** `skip`: a time is left out while the run before has not ended. `allow`: it is run beside it. */
export type Overlap = 'skip' | 'allow';

/** What is to be run, and when. */
export interface ScheduleDefinition extends Times {
  /** The name of an alias, or the number of a version; undefined for the newest version. */
  readonly qualifier: string | undefined;
  readonly overlap: Overlap;
  /** Whether its times are run; one that is switched off keeps its place. */
  readonly enabled: boolean;
}

/** The times at which a function is run without anybody asking. */
export interface Schedule {
  readonly functionId: FunctionId;
  readonly functionName: string;
  readonly name: string;
  readonly definition: ScheduleDefinition;
  /** What each run gets, as the bytes of a v1 envelope. */
  readonly envelope: Uint8Array;
  /** The next time; undefined while it is switched off. */
  readonly nextAt: Date | undefined;
  /** The last time that was run. */
  readonly lastAt: Date | undefined;
  readonly lastInvocationId: string | undefined;
  /** Times that were left out because the run before had not ended. */
  readonly skipped: number;
  /** Why the last time that came was not run; undefined when it was. */
  readonly problem: string | undefined;
  /** 1 when it is made, and one more with each change of what it is to do. */
  readonly revision: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** The reference that each run resolves anew. */
export function referenceOf(functionName: string, qualifier: string | undefined): string {
  if (qualifier === undefined) return functionName;
  return /^\d/.test(qualifier) ? `${functionName}@${qualifier}` : `${functionName}:${qualifier}`;
}
