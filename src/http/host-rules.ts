import type { IncomingMessage } from 'node:http';
import type { RequestHandler } from 'express';
import { SraasError } from '../errors.ts';

export interface HostRules {
  /** Names that the Host header may carry beside the loopback ones, without a port. */
  readonly allowedHosts: readonly string[];
  /** Origins of web pages that may call, `https://tools.example` for example. */
  readonly allowedOrigins: readonly string[];
  /** Whether there are pages here, which may call what they came from; none when left out. */
  readonly hasPages?: boolean;
}

const loopbackNames = ['localhost', '127.0.0.1', '[::1]'];

/**
 * Keeps web pages that a user of this machine visits from calling the server: a name that was rebound to 127.0.0.1 fails at
 * the Host header, a cross-site request at Origin or Sec-Fetch-Site. Nothing is answered to CORS.
 */
export function hostRules(rules: HostRules): RequestHandler {
  const check = hostCheck(rules);
  return (request, _response, next) => {
    check(request);
    next();
  };
}

/**
 * The same for requests that no app gets to see, such as those for a WebSocket.
 * @throws SraasError HOST_NOT_ALLOWED, ORIGIN_NOT_ALLOWED; what it returns does.
 */
export function hostCheck({
  allowedHosts,
  allowedOrigins,
  hasPages = false,
}: HostRules): (request: IncomingMessage) => void {
  const isAllowed = hostTest(allowedHosts);
  const origins = new Set(allowedOrigins);
  return (request) => {
    requireHost(request, isAllowed);
    if (!(hasPages && isFromOwnPage(request))) requireOrigin(request, origins);
  };
}

/** Whether a Host header, with or without a port, names this machine or one of the names that are allowed. */
export function hostTest(allowedHosts: readonly string[]): (host: string) => boolean {
  const hosts = new Set([...loopbackNames, ...allowedHosts].map((host) => host.toLowerCase()));
  return (host) => hosts.has(host.replace(/:\d{1,5}$/, '').toLowerCase());
}

/** Only after the Host header has been found to be one of ours: else anybody's page could be told for our own. */
function isFromOwnPage({ headers: { origin, host = '' } }: IncomingMessage): boolean {
  const lower = host.toLowerCase();
  return origin === `http://${lower}` || origin === `https://${lower}`;
}

function requireHost(request: IncomingMessage, isAllowed: (host: string) => boolean): void {
  // Node answers a request with two Host headers and shows the first; a proxy may have gone by the second.
  const given = request.rawHeaders.filter(
    (_value, index, all) => index % 2 === 1 && all[index - 1]?.toLowerCase() === 'host',
  );
  // RFC 9112, section 3.2.
  if (given.length === 0 && request.httpVersion !== '1.0') {
    throw new SraasError('BAD_REQUEST', 'The request has no Host header.');
  }
  const [host] = given;
  // An absolute request target names an authority of its own.
  if (host !== undefined && given.length === 1 && request.url?.startsWith('/') === true && isAllowed(host)) return;
  throw new SraasError(
    'HOST_NOT_ALLOWED',
    'Call this server by localhost or 127.0.0.1, or let its operator add the name with --allowed-hosts.',
  );
}

function requireOrigin(request: IncomingMessage, origins: ReadonlySet<string>): void {
  const { origin, 'sec-fetch-site': site } = request.headers;
  if (origin !== undefined && origins.has(origin)) return;
  if (origin === undefined && site !== 'cross-site' && site !== 'same-site') return;
  throw new SraasError(
    'ORIGIN_NOT_ALLOWED',
    'Web pages may not call this server, unless its operator allows their origin with --allowed-origins.',
  );
}
