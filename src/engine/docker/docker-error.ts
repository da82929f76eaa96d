import { EngineError, type EngineErrorCode } from '../engine-error.ts';

type Missing = 'image_not_found' | 'container_not_found' | 'network_not_found';

/** Turns whatever dockerode rejects with into an {@link EngineError}, by status and system code, never by message text. */
export function toEngineError(error: unknown, missing: Missing): EngineError {
  if (error instanceof EngineError) return error;
  const { statusCode, code } = (error ?? {}) as { statusCode?: unknown; code?: unknown };
  const text = error instanceof Error ? error.message.trim() : String(error);
  return new EngineError(byStatus(statusCode, missing) ?? bySystemCode(code), text, error);
}

function byStatus(status: unknown, missing: Missing): EngineErrorCode | undefined {
  if (typeof status !== 'number') return undefined;
  if (status === 404) return missing;
  return status === 409 || status === 304 ? 'conflict' : 'refused';
}

function bySystemCode(code: unknown): EngineErrorCode {
  if (code === 'EACCES' || code === 'EPERM') return 'permission_denied';
  return code === 'ETIMEDOUT' || code === 'ABORT_ERR' ? 'timeout' : 'unreachable';
}
