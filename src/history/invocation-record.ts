import type { ErrorCode } from '../errors.ts';
import type { FunctionId } from '../functions/function.ts';
import type { Outcome } from '../wire/outcome.ts';
import type { InvocationMode, InvocationState } from '../wire/record.ts';

/** What is kept of one invocation, its bytes aside. */
export interface InvocationRecord {
  /** A UUID of version 7: the order of ids is the order in which invocations came. */
  readonly id: string;
  readonly functionId: FunctionId;
  readonly functionName: string;
  readonly functionVersion: number;
  readonly mode: InvocationMode;
  readonly state: InvocationState;
  /** Undefined until it has ended, and when it ended by an error of the platform. */
  readonly outcome: Outcome | undefined;
  readonly errorCode: ErrorCode | undefined;
  /** What the handler threw or the platform said, cut at {@link mostErrorCharacters}. */
  readonly error: string | undefined;
  /** Attempts begun; 1 for a sync one. */
  readonly attempt: number;
  readonly maxAttempts: number;
  readonly createdAt: Date;
  /** Of the last attempt. */
  readonly startedAt: Date | undefined;
  readonly endedAt: Date | undefined;
  /** All of the last attempt; undefined when it did not run. */
  readonly durationMs: number | undefined;
  readonly queueMs: number | undefined;
  readonly initMs: number | undefined;
  readonly cpuMs: number | undefined;
  readonly maxMemoryBytes: number | undefined;
  readonly exitCode: number | undefined;
  readonly coldStart: boolean;
  readonly logsTruncated: boolean;
  /** The invocation whose event it runs again. */
  readonly replayOf: string | undefined;
  /** The name of the schedule that made it. */
  readonly schedule: string | undefined;
  /** Left out where nobody is told of its end. */
  readonly webhook?: WebhookDelivery;
}

/** What became of telling a webhook of an invocation's end. */
export interface WebhookDelivery {
  /** `pending` until it has answered, `failed` when it was given up. */
  readonly state: 'pending' | 'delivered' | 'failed';
  /** Calls that were made. */
  readonly attempts: number;
  /** Of its last answer. */
  readonly status?: number;
  /** Why the last call came to nothing. */
  readonly error?: string;
}

/** The bytes of an invocation; undefined where they are not kept. */
export interface InvocationPayload {
  /** The body of the invoke, byte for byte as it came. */
  readonly envelope: Uint8Array | undefined;
  /** The result's JSON text, byte for byte as the sandbox sent it. */
  readonly result: Uint8Array | undefined;
  /** UTF-8, cut at the operator's limit. */
  readonly logs: Uint8Array | undefined;
}

/** Of an invocation of which no bytes are kept, or none yet. */
export const nothingKept: InvocationPayload = { envelope: undefined, result: undefined, logs: undefined };

export const mostErrorCharacters = 4096;
