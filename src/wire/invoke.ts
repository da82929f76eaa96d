import type { Outcome } from './outcome.ts';

/** The body of an invoke. */
export interface Envelope {
  readonly version: 'v1';
  readonly event?: unknown;
  readonly context?: Readonly<Record<string, unknown>>;
}

/** How an invocation went. `result` is null unless the outcome is `ok`, `error` is null when it is. */
export interface InvokeReply {
  readonly result: unknown;
  readonly logs: string;
  readonly error: string | null;
  /** The handler's own time, with fractions. */
  readonly duration_ms: number;
  readonly invocation: InvocationDocument;
}

interface InvocationDocument {
  readonly id: string;
  readonly function: string;
  readonly version: number;
  readonly outcome: Outcome;
  readonly exit_code: number | null;
  readonly cold_start: boolean;
  readonly queue_ms: number;
  /** What a cold start took; 0 when there was none. */
  readonly init_ms: number;
  /** Highest memory use of the sandbox during the invocation; null where the kernel cannot tell. */
  readonly max_memory_bytes: number | null;
  /** Processor time of all its processes; null where the kernel cannot tell. */
  readonly cpu_ms: number | null;
  readonly logs_truncated: boolean;
}
