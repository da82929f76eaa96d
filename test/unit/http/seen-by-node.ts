import { createServer, type IncomingMessage } from 'node:http';
import { Duplex } from 'node:stream';

export interface SeenRequest {
  readonly method: string | undefined;
  readonly url: string | undefined;
  /** Names and values in a row, as they came. */
  readonly headers: readonly string[];
  readonly body: string;
}

/** Sent behind the bytes in question: it is seen only when Node has taken their end for the end of a request. */
const marker = 'GET /marker HTTP/1.1\r\nHost: marker\r\n\r\n';

/**
 * The requests that Node's own parser sees in bytes that come over one connection, in latin1; undefined when it takes them for
 * something else, or for more or less than whole requests.
 */
export function seenByNode(bytes: Uint8Array): Promise<readonly SeenRequest[] | undefined> {
  return new Promise((resolve) => {
    const seen: SeenRequest[] = [];
    const refused = (): void => {
      resolve(undefined);
    };
    const server = createServer((request) => {
      void bodyOf(request).then((body) => {
        if (request.url === '/marker') resolve(seen);
        else seen.push({ method: request.method, url: request.url, headers: request.rawHeaders, body });
      }, refused);
    });
    server.on('clientError', refused).on('upgrade', refused).on('connect', refused);
    const connection = new Duplex({
      read: () => undefined,
      write: (_bytes, _encoding, done) => {
        done();
      },
    });
    // What has been seen by then is told first.
    connection.once('close', () => setImmediate(refused));
    server.emit('connection', connection);
    connection.push(bytes);
    connection.push(marker);
    connection.push(null);
  });
}

function bodyOf(request: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    let body = '';
    request.setEncoding('latin1').on('data', (text: string) => (body += text));
    request.once('end', () => {
      resolve(body);
    });
    request.once('error', reject);
  });
}
