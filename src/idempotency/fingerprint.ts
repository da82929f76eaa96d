import { createHash } from 'node:crypto';

export interface FingerprintedRequest {
  readonly method: string;
  /** Path and query, as they were sent. */
  readonly target: string;
  /** What makes the body the same body again. */
  readonly body: Uint8Array;
}

/** SHA-256, as hex digits, of what has to be the same for a request to be a repeat of another. */
export function fingerprintOf({ method, target, body }: FingerprintedRequest): string {
  const hash = createHash('sha256');
  for (const part of [method, target]) hash.update(lengthOf(Buffer.byteLength(part))).update(part);
  return hash.update(body).digest('hex');
}

/** A part's length goes before it: or two requests could run together to the same bytes. */
function lengthOf(bytes: number): string {
  return `${bytes}:`;
}
