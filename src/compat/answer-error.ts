import type { ErrorRequestHandler, Response } from 'express';
import { SraasError } from '../errors.ts';
import { requestIdOf } from '../http/request-id.ts';
import { toldError, type ErrorTelling } from '../http/told-error.ts';

/**
 * Answers whatever was thrown in an API's own form. A client that has gone, or is being answered, is let go.
 * @param isRefusal tells the API's own refusals, which need no explaining.
 */
export function answerError<Refusal extends Error = never>(
  telling: ErrorTelling,
  answer: (response: Response, error: SraasError | Refusal) => void,
  isRefusal: (error: unknown) => error is Refusal = (_error): _error is Refusal => false,
): ErrorRequestHandler {
  return (error: unknown, _request, response, _next) => {
    const told = isRefusal(error) ? error : toldError(error, telling, requestIdOf(response));
    if (response.headersSent || response.destroyed) {
      response.destroy();
      return;
    }
    if (told instanceof SraasError && told.retryAfterSeconds !== undefined) {
      response.set('Retry-After', String(told.retryAfterSeconds));
    }
    answer(response, told);
  };
}
