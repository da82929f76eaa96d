/** A build of a custom runtime. */
export interface BuildDocument {
  readonly id: string;
  readonly state: 'building' | 'succeeded' | 'failed' | 'cancelled';
  readonly queued_at: string;
  readonly ended_at: string | null;
  /** Why it came to nothing, in one sentence. */
  readonly problem: string | null;
  /** Line of the Dockerfile that the problem is at, from 1. */
  readonly problem_line: number | null;
}

export interface BuildLogDocument extends BuildDocument {
  readonly log: string;
}

/** One event of a build, by its name on the wire. */
export type BuildEvent =
  | {
      readonly event: 'log';
      /** Null for a line of a build that ended before. */
      readonly at: string | null;
      readonly text: string;
      /** Line of the Dockerfile that is being carried out, from 1. */
      readonly line: number | null;
    }
  /** The reader was too slow: so many lines were left out here. */
  | { readonly event: 'dropped'; readonly lines: number };
