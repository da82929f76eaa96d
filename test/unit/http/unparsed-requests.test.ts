import { EventEmitter, once } from 'node:events';
import type { RequestListener, ServerResponse } from 'node:http';
import { describe, expect, it, onTestFinished } from 'vitest';
import { HttpServer } from '../../../src/http/server.ts';
import { RawConnection, repliesIn, type RawReply } from '../../support/raw-http.ts';

type Options = ConstructorParameters<typeof HttpServer>[1];

/** A server that answers with the body it got, unless a test says otherwise. */
async function served(options?: Options, app: RequestListener = echo): Promise<string> {
  const server = new HttpServer(app, options);
  onTestFinished(() => server.close(0));
  return server.listen('127.0.0.1', 0);
}

const echo: RequestListener = (request, response) => {
  const pieces: Buffer[] = [];
  request.on('data', (piece: Buffer) => pieces.push(piece));
  request.once('end', () => response.end(Buffer.concat(pieces)));
};

async function replies(url: string, text: string): Promise<readonly RawReply[]> {
  return repliesIn(await new RawConnection(url).write(text).received);
}

const host = 'Host: localhost\r\n';

describe('what is no request', () => {
  it.each([
    ['garbage', 'NONSENSE\r\n\r\n', 400, 'bad-request'],
    ['a length that is none', `POST / HTTP/1.1\r\n${host}Content-Length: -1\r\n\r\n`, 400, 'bad-request'],
    [
      'two lengths that differ',
      `POST / HTTP/1.1\r\n${host}Content-Length: 1\r\nContent-Length: 2\r\n\r\n`,
      400,
      'bad-request',
    ],
    [
      'a piece without a size',
      `POST / HTTP/1.1\r\n${host}Transfer-Encoding: chunked\r\n\r\nzz\r\n`,
      400,
      'bad-request',
    ],
    ['a wish for a proxy', `CONNECT a:1 HTTP/1.1\r\n${host}\r\n`, 400, 'bad-request'],
    ['too many headers', `GET / HTTP/1.1\r\n${host}X: ${'x'.repeat(20_000)}\r\n\r\n`, 431, 'headers-too-large'],
  ])('is answered with a problem and its length: %s', async (_what, text, status, type) => {
    const [reply, ...more] = await replies(await served(), text);
    expect([reply?.status, more]).toEqual([status, []]);
    expect(reply?.head).toMatch(/^content-length: [1-9]/im);
    expect(JSON.parse(reply?.body ?? '')).toMatchObject({ type: `urn:sraas:error:${type}`, status });
  });

  it('is answered in the form of an API that has one', async () => {
    const errorForm = ({ message }: Error) => ({ type: 'text/plain', body: message });
    expect(await replies(await served({ errorForm }), 'NONSENSE\r\n\r\n')).toMatchObject([
      { status: 400, body: 'This is no request of HTTP.' },
    ]);
  });

  it('is refused behind the answer to what came before it, however late that is', async () => {
    const requests = new EventEmitter();
    const begun = once(requests, 'begun') as Promise<[ServerResponse]>;
    const url = await served({}, (_request, response) => requests.emit('begun', response));
    const connection = new RawConnection(url).write(`GET / HTTP/1.1\r\n${host}\r\nNONSENSE\r\n\r\n`);
    const [first] = await begun;
    first.end('first');
    expect(repliesIn(await connection.received)).toMatchObject([{ status: 200, body: 'first' }, { status: 400 }]);
  });

  it('is a client that takes too long with its headers', async () => {
    const [reply] = await replies(await served({ headersTimeoutMs: 100 }), `GET / HTTP/1.1\r\n${host}`);
    expect(reply).toMatchObject({ status: 408, head: expect.stringMatching(/content-length: [1-9]/i) as string });
  });
});

describe('an offer of another protocol', () => {
  const request = (upgrade: string): string =>
    `POST / HTTP/1.1\r\n${host}Connection: Upgrade, close\r\nUpgrade: ${upgrade}\r\nContent-Length: 4\r\n\r\nbody`;

  it('is passed over, and the request answered, where it is not for a WebSocket', async () => {
    const url = await served({
      onUpgrade: () => {
        throw new Error('It was handed over.');
      },
    });
    expect(await replies(url, request('h2c'))).toMatchObject([{ status: 200, body: 'body' }]);
  });

  it('is handed over where it is for a WebSocket and there are any, and passed over elsewhere', async () => {
    const url = await served({ onUpgrade: (_request, connection) => connection.end('handed over') });
    expect(await new RawConnection(url).write(request('WebSocket')).received).toBe('handed over');
    expect(await replies(await served(), request('websocket'))).toMatchObject([{ status: 200, body: 'body' }]);
  });
});

describe('an expectation', () => {
  it('that nobody knows is passed over', async () => {
    const text = `POST / HTTP/1.1\r\n${host}Expect: miracles\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok`;
    expect(await replies(await served(), text)).toMatchObject([{ status: 200, body: 'ok' }]);
  });
});
