import { EngineError } from '../engine/engine-error.ts';
import { explainEngineError } from '../engine/explain-engine-error.ts';
import type { SraasError } from '../errors.ts';

/** What a client is told of an adapter's own failure; undefined for any other error. */
export function explain(error: unknown): SraasError | undefined {
  return error instanceof EngineError ? explainEngineError(error) : undefined;
}
