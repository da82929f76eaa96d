import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import express, { type ErrorRequestHandler, type RequestHandler } from 'express';
import { onTestFinished } from 'vitest';
import { SraasError } from '../../../src/errors.ts';
import { sendProblem } from '../../../src/http/problem.ts';

const answerError: ErrorRequestHandler = (error: unknown, _request, response, next) => {
  if (error instanceof SraasError) sendProblem(response, error, 'r-1');
  else next(error);
};

/** Serves handlers on a free port until the test ends. */
export async function serve(...handlers: RequestHandler[]): Promise<{ readonly port: number; readonly url: string }> {
  const app = express();
  app.use(...handlers, answerError);
  const server = createServer(app).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { port, url: `http://127.0.0.1:${port}` };
}

export interface RawReply {
  readonly status: number;
  readonly headers: string;
  readonly body: string;
}

/** Sends a request byte by byte as it is written here: no client would let some of them through. */
export async function sendRaw(port: number, lines: readonly string[]): Promise<RawReply> {
  const socket = connect(port, '127.0.0.1');
  socket.write([...lines, 'Connection: close', '', ''].join('\r\n'));
  const [headers = '', body = ''] = (await text(socket)).split('\r\n\r\n');
  return { status: Number(headers.split(' ')[1]), headers, body };
}
