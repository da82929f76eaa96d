/** Who has to act when an error is met: the caller, an operator who adds capacity, or the platform's owner. */
export type Fault = 'caller' | 'capacity' | 'platform';

interface ErrorKind {
  readonly status: number;
  readonly fault: Fault;
  /** Whether the same request may succeed later without a change. */
  readonly retryable: boolean;
  readonly title: string;
}

/**
 * Every error that a client can meet, by its stable code. `docs/errors.md` describes each; a test compares the two.
 * How a user's function ended is never an error: that is an outcome, and outcomes are data.
 */
export const errorTable = {
  INVALID_JSON: { status: 400, fault: 'caller', retryable: false, title: 'The body is not valid JSON' },
  INVALID_ENVELOPE: { status: 400, fault: 'caller', retryable: false, title: 'The envelope is not valid' },
  INVALID_NAME: { status: 400, fault: 'caller', retryable: false, title: 'The name is not valid' },
  INVALID_CONFIG: { status: 400, fault: 'caller', retryable: false, title: 'The configuration is not valid' },
  INVALID_QUERY: { status: 400, fault: 'caller', retryable: false, title: 'A query parameter is not valid' },
  INVALID_UPLOAD: { status: 400, fault: 'caller', retryable: false, title: 'The upload is not valid' },
  INVALID_ARTIFACT: { status: 400, fault: 'caller', retryable: false, title: 'The code is not acceptable' },
  HANDLER_FILE_NOT_FOUND: { status: 400, fault: 'caller', retryable: false, title: 'The handler names a missing file' },
  RUNTIME_NOT_FOUND: { status: 400, fault: 'caller', retryable: false, title: 'No such runtime' },
  BUILD_REFUSED: { status: 400, fault: 'caller', retryable: false, title: 'The Dockerfile is not acceptable' },
  INVALID_RUNTIME: { status: 400, fault: 'caller', retryable: false, title: 'The runtime definition is not valid' },
  INVALID_ALIAS: { status: 400, fault: 'caller', retryable: false, title: 'The alias is not valid' },
  INVALID_SECRET: { status: 400, fault: 'caller', retryable: false, title: 'The secret is not valid' },
  INVALID_SCHEDULE: { status: 400, fault: 'caller', retryable: false, title: 'The schedule is not valid' },
  INVALID_IDEMPOTENCY_KEY: {
    status: 400,
    fault: 'caller',
    retryable: false,
    title: 'The idempotency key is not valid',
  },
  BAD_REQUEST: { status: 400, fault: 'caller', retryable: false, title: 'The request is malformed' },
  ORIGIN_NOT_ALLOWED: { status: 403, fault: 'caller', retryable: false, title: 'The origin is not allowed' },
  NETWORK_NOT_ALLOWED: { status: 403, fault: 'caller', retryable: false, title: 'Network access is not allowed' },
  FUNCTION_NOT_FOUND: { status: 404, fault: 'caller', retryable: false, title: 'No such function' },
  VERSION_NOT_FOUND: { status: 404, fault: 'caller', retryable: false, title: 'No such version' },
  ALIAS_NOT_FOUND: { status: 404, fault: 'caller', retryable: false, title: 'No such alias' },
  SECRET_NOT_FOUND: { status: 404, fault: 'caller', retryable: false, title: 'No such secret' },
  SCHEDULE_NOT_FOUND: { status: 404, fault: 'caller', retryable: false, title: 'No such schedule' },
  INVOCATION_NOT_FOUND: { status: 404, fault: 'caller', retryable: false, title: 'No such invocation' },
  CUSTOM_RUNTIME_NOT_FOUND: { status: 404, fault: 'caller', retryable: false, title: 'No such custom runtime' },
  BUILD_NOT_FOUND: { status: 404, fault: 'caller', retryable: false, title: 'No build is under way' },
  ROUTE_NOT_FOUND: { status: 404, fault: 'caller', retryable: false, title: 'No such route' },
  METHOD_NOT_ALLOWED: { status: 405, fault: 'caller', retryable: false, title: 'The method is not allowed here' },
  INVOCATION_CANCELLED: { status: 409, fault: 'caller', retryable: false, title: 'The invocation was cancelled' },
  INVOCATION_ENDED: { status: 409, fault: 'caller', retryable: false, title: 'The invocation has ended' },
  EVENT_NOT_KEPT: { status: 409, fault: 'caller', retryable: false, title: 'The event was not kept' },
  VERSION_IN_USE: { status: 409, fault: 'caller', retryable: false, title: 'The version is in use' },
  SECRET_IN_USE: { status: 409, fault: 'caller', retryable: false, title: 'Functions use the secret' },
  IDEMPOTENCY_IN_FLIGHT: {
    status: 409,
    fault: 'caller',
    retryable: true,
    title: 'The first request of this key is under way',
  },
  IDEMPOTENCY_INTERRUPTED: {
    status: 409,
    fault: 'caller',
    retryable: false,
    title: 'The first request of this key was interrupted',
  },
  RUNTIME_IN_USE: { status: 409, fault: 'caller', retryable: false, title: 'Functions use the runtime' },
  PRECONDITION_FAILED: { status: 412, fault: 'caller', retryable: false, title: 'It has changed meanwhile' },
  REQUEST_TIMEOUT: { status: 408, fault: 'caller', retryable: false, title: 'The request took too long to come' },
  BODY_TOO_LARGE: { status: 413, fault: 'caller', retryable: false, title: 'The body is too large' },
  EVENT_TOO_LARGE: { status: 413, fault: 'caller', retryable: false, title: 'The event is too large' },
  ARTIFACT_TOO_LARGE: { status: 413, fault: 'caller', retryable: false, title: 'The code is too large' },
  UNSUPPORTED_MEDIA_TYPE: { status: 415, fault: 'caller', retryable: false, title: 'The content type is not accepted' },
  HEADERS_TOO_LARGE: { status: 431, fault: 'caller', retryable: false, title: 'The headers are too large' },
  HOST_NOT_ALLOWED: { status: 421, fault: 'caller', retryable: false, title: 'The Host header is not allowed' },
  RUNTIME_BUILD_FAILED: { status: 422, fault: 'caller', retryable: false, title: 'The image could not be built' },
  DEPENDENCIES_FAILED: { status: 422, fault: 'caller', retryable: false, title: 'The packages could not be installed' },
  IDEMPOTENCY_MISMATCH: {
    status: 422,
    fault: 'caller',
    retryable: false,
    title: 'The idempotency key belongs to another request',
  },
  QUEUE_FULL: { status: 429, fault: 'capacity', retryable: true, title: 'Too many calls are waiting' },
  QUEUE_TIMEOUT: { status: 429, fault: 'capacity', retryable: true, title: 'No sandbox became free in time' },
  TOO_MANY_FOLLOWERS: { status: 429, fault: 'capacity', retryable: true, title: 'Too many followers of logs' },
  INTERNAL: { status: 500, fault: 'platform', retryable: false, title: 'Internal error' },
  ENGINE_UNAVAILABLE: {
    status: 503,
    fault: 'platform',
    retryable: true,
    title: 'The container engine is not reachable',
  },
  RUNTIME_NOT_READY: { status: 503, fault: 'platform', retryable: true, title: 'The runtime has no image yet' },
  SANDBOX_START_FAILED: { status: 503, fault: 'platform', retryable: true, title: 'A sandbox could not be started' },
  EGRESS_UNAVAILABLE: { status: 503, fault: 'platform', retryable: true, title: 'The network is not safe to use now' },
  STORE_UNAVAILABLE: { status: 503, fault: 'platform', retryable: true, title: 'The store is not available' },
  DRAINING: { status: 503, fault: 'platform', retryable: true, title: 'The server is shutting down' },
  INSUFFICIENT_STORAGE: { status: 507, fault: 'platform', retryable: true, title: 'The data directory is full' },
} as const satisfies Record<string, ErrorKind>;

export type ErrorCode = keyof typeof errorTable;

/** One of several reasons why a document was refused. `pointer` is a JSON pointer into it (RFC 6901), empty for the whole. */
export interface Violation {
  readonly pointer: string;
  readonly message: string;
}

interface SraasErrorOptions {
  readonly violations?: readonly Violation[];
  readonly retryAfterSeconds?: number;
  readonly cause?: unknown;
}

/** A failure that a client is told about, with a code from the one table. `message` is one sentence that says what to do. */
export class SraasError extends Error {
  override readonly name = 'SraasError';
  readonly code: ErrorCode;
  readonly violations: readonly Violation[];
  readonly retryAfterSeconds: number | undefined;

  constructor(code: ErrorCode, message: string, options: SraasErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.violations = options.violations ?? [];
    this.retryAfterSeconds = options.retryAfterSeconds;
  }

  get kind(): ErrorKind {
    return errorTable[this.code];
  }
}

/** The answer to work that comes, or still runs, when the server has to stop. */
export function draining(): SraasError {
  return new SraasError('DRAINING', 'The server is shutting down; send the call again to the next one.', {
    retryAfterSeconds: 5,
  });
}
