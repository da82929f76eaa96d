import type { ErrorCode } from '../errors.ts';

/** What the body of a request with a document may be refused for. */
export const documentErrors = [
  'BAD_REQUEST',
  'INVALID_JSON',
  'BODY_TOO_LARGE',
  'UNSUPPORTED_MEDIA_TYPE',
] as const satisfies ErrorCode[];

/** What publishing a version may be refused for. */
export const deployErrors = [
  ...documentErrors,
  ...(['INVALID_CONFIG', 'INVALID_ARTIFACT', 'INVALID_SECRET', 'HANDLER_FILE_NOT_FOUND', 'RUNTIME_NOT_FOUND'] as const),
  ...([
    'BUILD_REFUSED',
    'NETWORK_NOT_ALLOWED',
    'ARTIFACT_TOO_LARGE',
    'RUNTIME_BUILD_FAILED',
    'DEPENDENCIES_FAILED',
  ] as const),
  ...(['QUEUE_FULL', 'ENGINE_UNAVAILABLE', 'RUNTIME_NOT_READY', 'SANDBOX_START_FAILED', 'EGRESS_UNAVAILABLE'] as const),
  'DRAINING',
] as const satisfies ErrorCode[];

/** What a call may be refused for once its body has been read. */
export const callErrors = [
  ...(['INVOCATION_CANCELLED', 'QUEUE_FULL', 'QUEUE_TIMEOUT', 'ENGINE_UNAVAILABLE', 'RUNTIME_NOT_READY'] as const),
  ...(['SANDBOX_START_FAILED', 'EGRESS_UNAVAILABLE', 'STORE_UNAVAILABLE', 'DRAINING', 'INTERNAL'] as const),
] as const satisfies ErrorCode[];

/** What a key may be refused for. */
export const keyErrors = [
  ...(['INVALID_IDEMPOTENCY_KEY', 'IDEMPOTENCY_IN_FLIGHT', 'IDEMPOTENCY_INTERRUPTED', 'IDEMPOTENCY_MISMATCH'] as const),
] as const satisfies ErrorCode[];
