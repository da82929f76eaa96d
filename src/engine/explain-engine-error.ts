import { SraasError } from '../errors.ts';
import type { EngineError } from './engine-error.ts';

/** What a client is told of a failure of the engine: nothing in the engine's own words. */
export function explainEngineError(error: EngineError): SraasError {
  switch (error.code) {
    case 'unreachable':
    case 'permission_denied':
      return new SraasError(
        'ENGINE_UNAVAILABLE',
        'The container engine does not answer; try again shortly, or let an operator run `npx sraas doctor`.',
        { cause: error, retryAfterSeconds: 5 },
      );
    case 'timeout':
      return new SraasError('ENGINE_UNAVAILABLE', 'The container engine did not answer in time; try again shortly.', {
        cause: error,
        retryAfterSeconds: 5,
      });
    case 'image_not_found':
    case 'container_not_found':
    case 'network_not_found':
    case 'conflict':
    case 'build_failed':
    case 'refused':
      return new SraasError('SANDBOX_START_FAILED', 'The engine could not start the sandbox; try again.', {
        cause: error,
        retryAfterSeconds: 1,
      });
    default:
      return error.code satisfies never;
  }
}
