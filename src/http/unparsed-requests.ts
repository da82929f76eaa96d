import type { Server, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { timeOrderedId } from '../time-ordered-id.ts';
import { SraasError } from '../errors.ts';
import { answerLast } from './last-answer.ts';
import { problemOf } from './problem.ts';

/** How an API tells errors: what stands in their replies. */
export type ErrorForm = (error: SraasError) => { readonly type: string; readonly body: string };

/** Errors as problem documents. */
export const problemForm: ErrorForm = (error) => ({
  type: 'application/problem+json',
  body: JSON.stringify(problemOf(error, timeOrderedId())),
});

/** Answers what Node's parser takes for no request, in an API's own form: no app gets to see it, and Node's own answers tell no length. */
export function answerUnparsed(server: Server, errorForm: ErrorForm): void {
  const newest = new WeakMap<Duplex, ServerResponse>();
  const refused = new WeakSet<Duplex>();
  const refuse = (connection: Duplex, error: SraasError): void => {
    if (connection.writable) answerLast(connection, { status: error.kind.status, ...errorForm(error) });
    else connection.destroy();
  };

  server.on('request', (request, response) => newest.set(request.socket, response));
  server.on('clientError', (cause: NodeJS.ErrnoException, connection) => {
    // What comes behind it is no request either.
    if (refused.has(connection)) return;
    refused.add(connection);
    const error = refusalOf(cause);
    const reply = newest.get(connection);
    // It stands behind a whole request, whose answer comes first: else it would be taken for that answer.
    if (reply?.req.complete === true && !reply.closed) {
      reply.once('close', () => {
        refuse(connection, error);
      });
    } else if (reply?.headersSent === true && !reply.closed) connection.destroy();
    else refuse(connection, error);
  });
  server.on('connect', (_request, connection) => {
    connection.on('error', () => undefined);
    refuse(connection, new SraasError('BAD_REQUEST', 'This server is no proxy.'));
  });
}

function refusalOf({ code }: NodeJS.ErrnoException): SraasError {
  if (code === 'HPE_HEADER_OVERFLOW') {
    return new SraasError('HEADERS_TOO_LARGE', 'The request line and headers may have at most 16384 bytes.');
  }
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') {
    return new SraasError('REQUEST_TIMEOUT', 'The request took too long to come.');
  }
  return new SraasError('BAD_REQUEST', 'This is no request of HTTP.');
}
