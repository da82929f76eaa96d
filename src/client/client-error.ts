import type { Violation } from '../errors.ts';

interface ClientErrorDetails {
  readonly status?: number;
  readonly errors?: readonly Violation[];
  readonly requestId?: string;
  readonly retryAfterSeconds?: number;
  readonly cause?: unknown;
}

/**
 * A call of the API that did not succeed.
 *
 * `code` is the server's own stable code, or one of the client's: `UNREACHABLE` (no server, or the connection broke)
 * and `UNEXPECTED_REPLY` (something answered, but not in this API's words). `message` is one sentence for people.
 */
export class ClientError extends Error {
  override readonly name = 'ClientError';
  readonly code: string;
  /** HTTP status; undefined when there was no reply. */
  readonly status: number | undefined;
  /** Every reason for a refusal, where the server gave several. */
  readonly errors: readonly Violation[];
  readonly requestId: string | undefined;
  readonly retryAfterSeconds: number | undefined;

  constructor(code: string, detail: string, details: ClientErrorDetails = {}) {
    super(detail, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.status = details.status;
    this.errors = details.errors ?? [];
    this.requestId = details.requestId;
    this.retryAfterSeconds = details.retryAfterSeconds;
  }

  /** The same sentence as `message`, by the name that the wire gives it. */
  get detail(): string {
    return this.message;
  }
}
