import { createHmac } from 'node:crypto';

/** What begins a secret whose rest is a key in base64. */
const keyPrefix = 'whsec_';

/**
 * The headers by which a receiver knows a call: its id, which is the same however often it is made, its time, and a signature
 * over both and the body. Source: the Standard Webhooks specification, version 1.0.0, symmetric signatures.
 *
 * @param secret `whsec_` with a key in base64, or any other text, whose UTF-8 bytes are the key; undefined to sign nothing.
 */
export function webhookHeaders(
  { id, at, body }: { readonly id: string; readonly at: Date; readonly body: Uint8Array },
  secret: string | undefined,
): Readonly<Record<string, string>> {
  const timestamp = String(Math.floor(at.getTime() / 1000));
  const headers = { 'webhook-id': id, 'webhook-timestamp': timestamp };
  if (secret === undefined) return headers;
  const signature = createHmac('sha256', keyOf(secret)).update(`${id}.${timestamp}.`).update(body).digest('base64');
  return { ...headers, 'webhook-signature': `v1,${signature}` };
}

function keyOf(secret: string): Buffer {
  const trimmed = secret.trim();
  return trimmed.startsWith(keyPrefix)
    ? Buffer.from(trimmed.slice(keyPrefix.length), 'base64')
    : Buffer.from(secret, 'utf8');
}
