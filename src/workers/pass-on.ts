import { Agent, request as sendRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import { draining } from '../errors.ts';
import { leaveUnread } from '../http/unread-body.ts';
import { problemForm } from '../http/unparsed-requests.ts';

interface PassOnParts {
  /** Where the server listens. */
  readonly serverSocket: string;
  /** Resolves when all workers have heard of what the server has done up to now. */
  readonly allHeard: () => Promise<void>;
}

/** Those that are about one connection, RFC 9110, section 7.6.1, and what the first of the two servers has answered by itself. */
const ofConnection: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'upgrade',
  'proxy-connection',
  'te',
  'expect',
]);

/**
 * Has the server answer requests, whose bytes and answers go through this process as they come. Before an answer that may stand
 * for a change goes out, all workers have heard of that change.
 */
export function passOn({
  serverSocket,
  allHeard,
}: PassOnParts): (request: IncomingMessage, response: ServerResponse) => void {
  // A connection for each, as the server may just be about to close one that was kept; and it says itself which is the last answer.
  const agent = new Agent({ keepAlive: true, maxFreeSockets: 0 });
  return (request, response) => {
    let isAnswered = false;
    const onward = sendRequest({
      agent,
      socketPath: serverSocket,
      setHost: false,
      method: request.method,
      path: request.url,
      headers: [...passed(request.rawHeaders, 'keep-alive'), ...lengthOfNothing(request)],
    });
    response.once('close', () => {
      if (!response.writableFinished) onward.destroy();
    });
    onward.on('error', () => {
      // What the server did not want to read any more has an answer that is still to go out.
      if (isAnswered) return;
      if (response.headersSent) response.destroy();
      else if (!response.destroyed) refuse(response);
    });
    onward.once('response', (answer) => {
      isAnswered = true;
      answer.on('error', () => response.destroy());
      void (mayTellOfChange(request) ? allHeard() : Promise.resolve()).finally(() => {
        sendAnswer(answer, response);
      });
    });
    onward.once('close', () => {
      // Refused before all of its body had come.
      if (request.complete) return;
      request.unpipe(onward);
      leaveUnread(request, response);
    });
    request.pipe(onward);
  };
}

/** What only looks is answered by what the server knows. Who follows is to miss nothing that begins after the answer. */
function mayTellOfChange({ method, url = '' }: IncomingMessage): boolean {
  return (method !== 'GET' && method !== 'HEAD') || url.includes('follow=');
}

function sendAnswer(answer: IncomingMessage, response: ServerResponse): void {
  // The server's connection to this process may have broken meanwhile, or the client's.
  if (answer.errored !== null || response.destroyed) {
    response.destroy();
    return;
  }
  const isLast = answer.headers.connection?.toLowerCase() === 'close';
  response.writeHead(answer.statusCode ?? 500, answer.statusMessage, passed(answer.rawHeaders, isLast && 'close'));
  // Events may be long in coming after their head.
  response.flushHeaders();
  answer.pipe(response);
}

/** The headers of a message with their names and order as they came. */
function passed(rawHeaders: readonly string[], connection: string | false): string[] {
  const kept: string[] = [];
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? '';
    if (!ofConnection.has(name.toLowerCase())) kept.push(name, rawHeaders[index + 1] ?? '');
  }
  return connection === false ? kept : [...kept, 'Connection', connection];
}

/** Node's client would send a body without end where there is none. */
function lengthOfNothing({ method, headers }: IncomingMessage): readonly string[] {
  const hasBody = headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined;
  return hasBody || method === 'GET' || method === 'HEAD' ? [] : ['Content-Length', '0'];
}

function refuse(response: ServerResponse): void {
  const { type, body } = problemForm(draining());
  response.writeHead(503, {
    'Content-Type': type,
    'Content-Length': String(Buffer.byteLength(body)),
    'X-Content-Type-Options': 'nosniff',
    'Retry-After': '5',
    Connection: 'close',
  });
  response.end(body);
}
