import type { IncomingMessage } from 'node:http';

/**
 * The address that a request came from. What X-Forwarded-For says is believed of trusted proxies only, from its end on: whatever
 * stands before the last untrusted address anybody may have written.
 */
export function clientAddress({ socket, headers }: IncomingMessage, trustedProxies: ReadonlySet<string>): string {
  const forwarded = String(headers['x-forwarded-for'] ?? '')
    .split(',')
    .map((address) => address.trim())
    .filter((address) => address !== '');
  let address = plain(socket.remoteAddress ?? '');
  while (trustedProxies.has(address)) {
    const next = forwarded.pop();
    if (next === undefined) break;
    address = plain(next);
  }
  return address;
}

/** An IPv4 address as a socket for both families tells it: `::ffff:127.0.0.1`. */
function plain(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/i, '');
}
