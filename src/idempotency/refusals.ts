import { SraasError } from '../errors.ts';

export function mismatch(): SraasError {
  return new SraasError(
    'IDEMPOTENCY_MISMATCH',
    'This idempotency key came with another request before: use a new key for each request.',
  );
}

export function inFlight(): SraasError {
  return new SraasError(
    'IDEMPOTENCY_IN_FLIGHT',
    'The first request with this idempotency key is still being carried out: send it again a little later.',
    { retryAfterSeconds: 1 },
  );
}

export function interrupted(): SraasError {
  return new SraasError(
    'IDEMPOTENCY_INTERRUPTED',
    'The first request with this idempotency key was interrupted, and nobody knows how far it came: look at what there ' +
      'is, and use a new key to do it again.',
  );
}
