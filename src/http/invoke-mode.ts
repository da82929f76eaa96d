import type { Request } from 'express';
import { onlyParameters } from './only-parameters.ts';
import { oneOf } from './query-word.ts';

/**
 * Whether the caller waits for the reply. A client that asks for something else than it gets must not take it for that.
 * @throws SraasError INVALID_QUERY
 */
export function invokeMode(request: Request): 'sync' | 'async' {
  onlyParameters(request, 'mode');
  return oneOf(request, 'mode', ['sync', 'async']) ?? 'sync';
}
