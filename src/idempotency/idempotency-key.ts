import { SraasError } from '../errors.ts';

/**
 * The key that a client gave its request, taken byte for byte; undefined when there is none. A header that comes twice
 * arrives joined by a comma and a space, and is refused for the space.
 * @throws SraasError INVALID_IDEMPOTENCY_KEY
 */
export function parseIdempotencyKey(header: string | readonly string[] | undefined): string | undefined {
  if (header === undefined) return undefined;
  if (typeof header === 'string' && /^[\x21-\x7e]{1,255}$/.test(header)) return header;
  throw new SraasError(
    'INVALID_IDEMPOTENCY_KEY',
    'Send one header Idempotency-Key of 1 to 255 visible ASCII characters, a random UUID for example.',
  );
}
