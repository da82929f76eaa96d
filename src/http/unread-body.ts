import type { IncomingMessage, ServerResponse } from 'node:http';

/** What a client that still sends is given to read its refusal in: time, and bytes that are taken from it meanwhile. */
const lingerMs = 1000;
const lingerBytes = 4_000_000;

/**
 * For a request that is refused before its body has been read: what remains is thrown away while the reply reaches the client,
 * and a client that goes on sending after that loses its connection. Closed at once, the connection would be reset under the
 * reply: RFC 9112, section 9.6.
 */
export function leaveUnread(request: IncomingMessage, response: ServerResponse): void {
  let bytes = 0;
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > lingerBytes) request.pause();
  });
  request.resume();
  const linger = (): void => {
    setTimeout(() => {
      if (!request.complete) request.socket.destroy();
    }, lingerMs).unref();
  };
  if (response.writableFinished) linger();
  else response.once('finish', linger);
}
