/**
 * What went wrong at the engine:
 * - `unreachable`: no engine answers at the address
 * - `permission_denied`: it is there, and this user may not speak to it
 * - `timeout`: it did not answer in time
 * - `image_not_found`, `container_not_found`, `network_not_found`: the thing named is not there
 * - `conflict`: it is there already, or in a state that forbids the call
 * - `build_failed`: a step of an image build failed
 * - `refused`: the engine said no for another reason
 */
export type EngineErrorCode =
  | 'unreachable'
  | 'permission_denied'
  | 'timeout'
  | 'image_not_found'
  | 'container_not_found'
  | 'network_not_found'
  | 'conflict'
  | 'build_failed'
  | 'refused';

/** A failure of the engine. Its message may hold the engine's own text: it is for logs and for operators, not for clients. */
export class EngineError extends Error {
  override readonly name = 'EngineError';
  readonly code: EngineErrorCode;

  constructor(code: EngineErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}
