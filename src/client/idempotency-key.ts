import { ClientError } from './client-error.ts';

/** For a request that is to be carried out once, however often it is sent. */
export interface Keyed {
  /** What the caller made up for this one request: 1 to 255 visible ASCII characters, a random UUID for example. */
  readonly idempotencyKey?: string | undefined;
  /** Told when the server did nothing now: what follows is the answer, or the refusal, that it gave the first time. */
  readonly onRepeat?: (() => void) | undefined;
}

export function isIdempotencyKey(text: string): boolean {
  return /^[\x21-\x7e]{1,255}$/.test(text);
}

/**
 * The headers of a request with a key.
 * @throws ClientError INVALID_IDEMPOTENCY_KEY, as the server would: not every text can be sent to it as a header.
 */
export function keyHeaders({ idempotencyKey: key }: Keyed): Readonly<Record<string, string>> {
  if (key === undefined) return {};
  if (isIdempotencyKey(key)) return { 'idempotency-key': key };
  throw new ClientError(
    'INVALID_IDEMPOTENCY_KEY',
    'An idempotency key has 1 to 255 visible ASCII characters: give a random UUID for example.',
  );
}
