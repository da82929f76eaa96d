/** An invocation that has not ended. */
export interface RunningDocument {
  readonly id: string;
  readonly function: string;
  readonly version: number;
  readonly started_at: string;
  /** `waiting` for a sandbox, or `running` in one. */
  readonly state: 'waiting' | 'running';
}

export interface RunningReply {
  readonly invocations: readonly RunningDocument[];
}
