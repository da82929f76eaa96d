import { SraasError } from '../errors.ts';
import { fromExpress } from './problem.ts';

export interface ErrorTelling {
  /** What a client is told of an adapter's own failures; undefined for any other error. */
  readonly explain: (error: unknown) => SraasError | undefined;
  /** Told of every failure that is the platform's own, with the request's id. */
  readonly onFailure: (message: string, error: unknown, requestId: string) => void;
}

/** What a client is told of whatever was thrown. What needs an operator's attention is reported on the way. */
export function toldError(error: unknown, { explain, onFailure }: ErrorTelling, requestId: string): SraasError {
  const told = asSraasError(error, explain);
  // A refusal that was decided here, such as DRAINING, has no cause and needs nobody's attention.
  if (told.kind.fault === 'platform' && told.cause !== undefined) onFailure(told.message, told.cause, requestId);
  return told;
}

function asSraasError(error: unknown, explain: ErrorTelling['explain']): SraasError {
  if (error instanceof SraasError) return error;
  return (
    explain(error) ??
    fromExpress(error) ??
    new SraasError('INTERNAL', 'Something went wrong here; the server log has the reason.', { cause: error })
  );
}
