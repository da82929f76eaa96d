import type { ErrorCode } from '../errors.ts';
import type { Outcome } from '../wire/outcome.ts';

interface Told {
  readonly invocationId: string;
  /** By the host's clock. */
  readonly at: Date;
}

/** An invocation has got a sandbox, or the news that its module does not load. Exactly one `end` follows. */
interface Begin extends Told {
  readonly type: 'begin';
  readonly version: number;
}

/** Something was written. Whole characters, but not always whole lines. */
interface Log extends Told {
  readonly type: 'log';
  readonly text: string;
}

interface End extends Told {
  readonly type: 'end';
  /** Undefined when the platform ended it with an error, a cancelled call for example. */
  readonly outcome: Outcome | undefined;
  /** The error's code where there is no outcome. */
  readonly code: ErrorCode | undefined;
  readonly durationMs: number;
  readonly logsTruncated: boolean;
}

/** A follower read too slowly: this much was left out at this place, begins and ends among it. */
interface Dropped {
  readonly type: 'dropped';
  /** Bytes of logs, as UTF-8. */
  readonly bytes: number;
  readonly events: number;
}

/** Nothing follows: the function is gone, or the server goes. */
interface Last {
  readonly type: 'removed' | 'draining';
}

export type InvocationEvent = Begin | Log | End;

/** What a follower of a function's logs is told, in this order: what happens to one invocation is never swapped. */
export type LiveEvent = InvocationEvent | Dropped | Last;
