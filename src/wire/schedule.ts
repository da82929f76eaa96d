/** A schedule as a caller gives it; what is left out gets its default. */
export interface ScheduleDefinitionDocument {
  /** Five fields, or six with seconds first. */
  readonly cron: string;
  /** `UTC` when left out. */
  readonly timezone?: string;
  readonly event?: unknown;
  readonly context?: Readonly<Record<string, unknown>>;
  /** The name of an alias, or the number of a version. */
  readonly qualifier?: string;
  readonly overlap?: 'skip' | 'allow';
  readonly enabled?: boolean;
}

/** A schedule in a list. */
export interface ScheduleSummary {
  readonly function: string;
  readonly schedule: string;
  readonly cron: string;
  readonly timezone: string;
  readonly qualifier: string | null;
  readonly overlap: 'skip' | 'allow';
  readonly enabled: boolean;
  /** Null while it is switched off. */
  readonly next_at: string | null;
  readonly last_at: string | null;
  readonly last_invocation_id: string | null;
  /** Times that were left out because the run before had not ended. */
  readonly skipped: number;
  /** Why the last time that came was not run. */
  readonly problem: string | null;
  readonly revision: number;
  readonly created_at: string;
  readonly updated_at: string;
}

export interface ScheduleDocument extends ScheduleSummary {
  readonly event: unknown;
  readonly context: Readonly<Record<string, unknown>>;
}

export interface SetScheduleReply extends ScheduleDocument {
  readonly outcome: 'created' | 'updated';
}
