/** A function's configuration, complete. */
export interface CompleteConfigDocument {
  /** A runtime of the server, or `dockerfile` for the one in the upload. */
  readonly runtime: string;
  /** `file.export`, split at the last dot; left out where the runtime is a program. */
  readonly handler?: string;
  /** Whether the packages that the upload lists are installed; left out where they are not. */
  readonly dependencies?: 'install';
  readonly description: string;
  readonly env: Readonly<Record<string, string>>;
  /** Environment variables whose values are secrets: the variable's name → the secret's. */
  readonly secrets: Readonly<Record<string, string>>;
  readonly limits: LimitsDocument;
  readonly network: 'none' | 'egress';
  readonly isolation: 'warm' | 'fresh';
  readonly concurrency: ConcurrencyDocument;
  readonly async: AsyncPolicyDocument;
  /** Of which invocations event and result are kept. */
  readonly history: 'none' | 'failures' | 'all';
  readonly labels: Readonly<Record<string, string>>;
}

/** A function's configuration as a caller gives it; what is left out gets the server's default. */
export interface FunctionConfigDocument extends Partial<
  Omit<CompleteConfigDocument, 'dependencies' | 'limits' | 'concurrency' | 'async'>
> {
  readonly runtime: string;
  readonly dependencies?: 'none' | 'install';
  readonly limits?: Partial<LimitsDocument>;
  readonly concurrency?: Partial<ConcurrencyDocument>;
  readonly async?: Partial<AsyncPolicyDocument>;
}

export interface LimitsDocument {
  /** Processor cores, fractions allowed. */
  readonly cpus: number;
  /** MiB, `/tmp` included; there is no swap. */
  readonly memory_mb: number;
  readonly pids: number;
  /** Wall clock of one invocation. */
  readonly timeout_ms: number;
  /** Size of `/tmp` in MiB. */
  readonly tmp_mb: number;
  readonly result_bytes: number;
  readonly log_bytes: number;
}

export interface ConcurrencyDocument {
  /** Most sandboxes of one version at a time. */
  readonly max: number;
  /** Sandboxes kept started, also without calls. */
  readonly warm_min: number;
}

/** What becomes of asynchronous invocations. */
export interface AsyncPolicyDocument {
  /** 1 for no further attempt. */
  readonly max_attempts: number;
  /** From the end of the first attempt to the second; it doubles with each. */
  readonly first_delay_ms: number;
  /** From the acceptance on; what is older is given up. */
  readonly max_age_ms: number;
  /** Called when an invocation has ended. */
  readonly webhook_url?: string;
  /** Name of the secret that those calls are signed with. */
  readonly webhook_secret?: string;
}
