import type { Outcome } from './outcome.ts';

interface LiveInvocation {
  readonly invocation_id: string;
  readonly at: string;
}

/** One event of a function's logs, by its name on the wire. */
export type LiveLogEvent =
  /** The first event: every invocation that begins from here on is told. */
  | { readonly event: 'following' }
  | (LiveInvocation & { readonly event: 'begin'; readonly version: number })
  /** Whole characters, but not always whole lines. */
  | (LiveInvocation & { readonly event: 'log'; readonly text: string })
  | (LiveInvocation & {
      readonly event: 'end';
      /** Null when the platform ended it with an error, whose code is in `code`. */
      readonly outcome: Outcome | null;
      readonly code: string | null;
      readonly duration_ms: number;
      readonly logs_truncated: boolean;
    })
  /** The reader was too slow: so many bytes of logs, and so many events, were left out here. */
  | { readonly event: 'dropped'; readonly bytes: number; readonly events: number }
  /** The last event: the function was removed, or the server shuts down. */
  | { readonly event: 'removed' }
  | { readonly event: 'draining' };
