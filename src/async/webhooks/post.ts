import { request as httpRequest, type ClientRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { LookupFunction } from 'node:net';
import { isSpecialAddress } from '../../networks/special-addresses.ts';
import { isSpecialHost, NotPublicError, publicLookup } from './public-lookup.ts';

export interface PostOptions {
  readonly timeoutMs: number;
  /** WEAKENS: lets calls reach this machine and its networks. For operators whose receivers are there. */
  readonly toPrivate: boolean;
  /** How names are resolved, where not by the system. */
  readonly lookup?: LookupFunction;
}

/** Of a body that nobody wants, so much is read, so that a receiver that writes one first is not cut off. */
const mostAnswerBytes = 65_536;

/**
 * Posts a body and resolves with the status of the answer; its body is read up to a bound and ignored. Redirects are not
 * followed. Where only public addresses may be called, that is checked of the URL, of what its name resolves to, and of the
 * connection that came about.
 *
 * @throws Error with a message for the function's owner.
 */
export function post(
  url: URL,
  headers: Readonly<Record<string, string>>,
  body: Uint8Array,
  { timeoutMs, toPrivate, lookup }: PostOptions,
): Promise<number> {
  if (!toPrivate && isSpecialHost(url)) return Promise.reject(new NotPublicError());
  const options: RequestOptions = {
    method: 'POST',
    headers: { ...headers, 'content-length': String(body.byteLength) },
    // A connection of its own, which nothing else has used or will use.
    agent: false,
    signal: AbortSignal.timeout(timeoutMs),
    lookup: lookup ?? (toPrivate ? undefined : publicLookup()),
  };
  return new Promise((resolve, reject) => {
    const request = begin(url, options);
    request.on('socket', (socket) => {
      socket.once('connect', () => {
        if (!toPrivate && isSpecialAddress(socket.remoteAddress ?? '')) request.destroy(new NotPublicError());
      });
    });
    request.once('error', reject);
    request.once('response', (response) => {
      resolve(response.statusCode ?? 0);
      ignore(response, request);
    });
    request.end(body);
  });
}

function begin(url: URL, options: RequestOptions): ClientRequest {
  switch (url.protocol) {
    case 'http:':
      return httpRequest(url, options);
    case 'https:':
      return httpsRequest(url, options);
    default:
      throw new TypeError('its address is neither http:// nor https://');
  }
}

function ignore(response: IncomingMessage, request: ClientRequest): void {
  let readBytes = 0;
  // What becomes of the rest is nobody's concern: the status is known.
  request.on('error', () => undefined);
  response.on('error', () => undefined);
  response.on('data', (piece: Buffer) => {
    readBytes += piece.length;
    if (readBytes > mostAnswerBytes) response.destroy();
  });
}
