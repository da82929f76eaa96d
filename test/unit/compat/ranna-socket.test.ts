import { abortSignalOf } from '../../../src/cancellation.ts';
import { once } from 'node:events';
import { describe, expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { RawConnection, sendRaw } from '../../support/raw-http.ts';
import { ended, endless, type SeenRequest } from './pretended-programs.ts';
import { serveRanna } from './ranna-stand.ts';

interface SocketEvent {
  readonly code: number;
  readonly nonce?: number;
  readonly data: unknown;
}

interface Connection {
  readonly send: (message: unknown) => void;
  /** The next event, also when it came before it was asked for. */
  readonly next: () => Promise<SocketEvent>;
  readonly socket: WebSocket;
}

async function connect(url: string, headers: Record<string, string> = {}): Promise<Connection> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/v1/ws`, { headers });
  onTestFinished(() => {
    socket.terminate();
  });
  const came: SocketEvent[] = [];
  const asked: ((event: SocketEvent) => void)[] = [];
  socket.on('message', (data: Buffer) => {
    const event = JSON.parse(data.toString()) as SocketEvent;
    const ask = asked.shift();
    if (ask === undefined) came.push(event);
    else ask(event);
  });
  await once(socket, 'open');
  return {
    socket,
    send: (message) => {
      socket.send(typeof message === 'string' || Buffer.isBuffer(message) ? message : JSON.stringify(message));
    },
    next: () => {
      const event = came.shift();
      return event === undefined ? new Promise((resolve) => asked.push(resolve)) : Promise.resolve(event);
    },
  };
}

const args = { language: 'python3', code: 'print(1)' };
const refused = (code: number, message: string, nonce?: number): SocketEvent => ({
  code: 1,
  ...(nonce === undefined ? {} : { nonce }),
  data: { code, message },
});

describe('a ping', () => {
  it('is answered with the nonce that it has, and without one when it has none', async () => {
    const { url } = await serveRanna();
    const { send, next } = await connect(url);
    send({ op: 0, nonce: 7 });
    expect(await next()).toEqual({ code: 0, nonce: 7, data: 'Pong!' });
    send({ op: 0 });
    expect(await next()).toEqual({ code: 0, data: 'Pong!' });
  });
});

describe('a program', () => {
  it('is told of from its start to its end, its output while it runs, and always by one id', async () => {
    const { programs, url } = await serveRanna();
    const { send, next } = await connect(url);
    let finish: () => void = () => undefined;
    programs.behaviour = async ({ onStarted, onStdout, onStderr }) => {
      onStarted?.();
      onStdout?.(Buffer.from('one\n'));
      onStderr?.(Buffer.from('two\n'));
      await new Promise<void>((resolve) => {
        finish = resolve;
      });
      return ended({ exitCode: 3 });
    };
    send({ op: 1, nonce: 4, args });
    expect(await next()).toEqual({ code: 2, nonce: 4, data: { runid: 'run-1' } });
    expect(await next()).toEqual({ code: 3, nonce: 4, data: { runid: 'run-1', stdout: 'one\n' } });
    expect(await next()).toEqual({ code: 3, nonce: 4, data: { runid: 'run-1', stderr: 'two\n' } });
    finish();
    expect(await next()).toEqual({
      code: 4,
      nonce: 4,
      data: { runid: 'run-1', exectimems: expect.any(Number) as number },
    });
  });

  it('has its characters whole, wherever the pieces were cut', async () => {
    const { programs, url } = await serveRanna();
    const { send, next } = await connect(url);
    const bytes = Buffer.from('é€');
    programs.behaviour = ({ onStarted, onStdout }) => {
      onStarted?.();
      for (const byte of bytes) onStdout?.(Buffer.from([byte]));
      onStdout?.(bytes.subarray(0, 1));
      return ended();
    };
    send({ op: 1, args });
    const events = [];
    for (let event = await next(); event.code !== 4; event = await next()) events.push(event);
    expect(events.slice(1).map(({ data }) => (data as { stdout: string }).stdout)).toEqual(['é', '€', '\ufffd']);
  });

  it('is ended by a kill, and its end is told', async () => {
    const { programs, url } = await serveRanna();
    programs.behaviour = endless;
    const { send, next } = await connect(url);
    send({ op: 1, nonce: 1, args });
    const { data } = await next();
    send({ op: 2, nonce: 2, args: data });
    expect(await next()).toMatchObject({ code: 4, nonce: 1, data });
    send({ op: 2, nonce: 3, args: data });
    expect(await next()).toEqual(refused(400, 'sandbox is not running', 3));
  });

  it('is not ended by anybody else, and told to nobody else', async () => {
    const { programs, url } = await serveRanna();
    programs.behaviour = endless;
    const [one, other] = await Promise.all([connect(url), connect(url)]);
    one.send({ op: 1, nonce: 1, args });
    const { data } = await one.next();
    other.send({ op: 2, nonce: 5, args: data });
    expect(await other.next()).toEqual(refused(400, 'sandbox is not running', 5));
    one.send({ op: 2, args: data });
    expect(await one.next()).toMatchObject({ code: 4, nonce: 1 });
  });

  it('may run beside others of the same connection', async () => {
    const { programs, url } = await serveRanna();
    programs.behaviour = endless;
    const { send, next } = await connect(url);
    for (const nonce of [1, 2]) send({ op: 1, nonce, args });
    const started = [await next(), await next()];
    expect(started.map(({ code, nonce }) => [code, nonce])).toEqual([
      [2, 1],
      [2, 2],
    ]);
    send({ op: 2, args: started[1]?.data });
    expect(await next()).toMatchObject({ code: 4, nonce: 2 });
  });

  it('ends when its connection does', async () => {
    const { programs, url } = await serveRanna();
    const { send, next, socket } = await connect(url);
    const seen = new Promise<SeenRequest>((resolve) => {
      programs.behaviour = (request) => {
        resolve(request);
        return endless(request);
      };
    });
    send({ op: 1, args });
    await next();
    const { signal } = await seen;
    const aborted = once(abortSignalOf(signal), 'abort');
    socket.close();
    await aborted;
    expect(signal.reason).toMatchObject({ code: 'INVOCATION_CANCELLED' });
  });

  it('that is cancelled by somebody else ends in an error', async () => {
    const { programs, url } = await serveRanna();
    programs.behaviour = ({ onStarted }) => {
      onStarted?.();
      return ended({ ended: 'cancelled', exitCode: undefined });
    };
    const { send, next } = await connect(url);
    send({ op: 1, nonce: 1, args });
    expect(await next()).toMatchObject({ code: 2 });
    expect(await next()).toEqual(refused(409, 'The run was cancelled.', 1));
  });
});

describe('a refusal', () => {
  it.each([
    ['another operation', { op: 9, nonce: 3 }, 'invalid operation code', 3],
    ['no operation', { nonce: 3 }, 'invalid operation code', 3],
    ['empty code', { op: 1, nonce: 3, args: { ...args, code: '' } }, 'code is empty', 3],
    ['an unknown language', { op: 1, nonce: 3, args: { ...args, language: 'x' } }, 'unsupported language spec', 3],
    [
      'an expression without a template',
      { op: 1, nonce: 3, args: { ...args, inline_expression: true } },
      'this spec has no support for inline expressions',
      3,
    ],
    ['an id that nothing runs under', { op: 2, nonce: 3, args: { runid: 'x' } }, 'sandbox is not running', 3],
    ['a kill without an id', { op: 2, nonce: 3 }, 'sandbox is not running', 3],
    ['a binary message', Buffer.from('{"op":0}'), 'invalid message type', undefined],
    ['text that is no JSON', '{', 'the message is not valid JSON', undefined],
    ['JSON that is no object', '[]', 'the message must be an object', undefined],
  ] as const)('answers %s with an error event, and the connection goes on', async (_what, message, text, nonce) => {
    const { url } = await serveRanna();
    const { send, next } = await connect(url);
    send(message);
    expect(await next()).toEqual(refused(400, text, nonce));
    send({ op: 0 });
    expect(await next()).toMatchObject({ code: 0 });
  });

  it('answers a program at its time limit with an error event, and no end', async () => {
    const { programs, url } = await serveRanna();
    programs.behaviour = ({ onStarted }) => {
      onStarted?.();
      return ended({ ended: 'timeout' });
    };
    const { send, next } = await connect(url);
    send({ op: 1, nonce: 2, args });
    expect(await next()).toMatchObject({ code: 2 });
    expect(await next()).toEqual(refused(400, 'code execution timed out', 2));
    send({ op: 0 });
    expect(await next()).toMatchObject({ code: 0 });
  });
});

describe('the rate limit', () => {
  it('lets so many programs of a client begin, then one more after each while, and does not count pings', async () => {
    let now = 0;
    const { url } = await serveRanna({ burst: 2, now: () => now });
    const { send, next } = await connect(url);
    const exec = async (): Promise<SocketEvent> => {
      send({ op: 1, args: { ...args, language: 'x' } });
      return next();
    };
    const limited = refused(429, 'you have been rate limited');
    const passed = refused(400, 'unsupported language spec');
    expect([await exec(), await exec(), await exec()]).toEqual([passed, passed, limited]);
    send({ op: 0 });
    expect(await next()).toMatchObject({ code: 0 });
    now = 1000;
    expect([await exec(), await exec()]).toEqual([passed, limited]);
  });

  it('tells clients behind a trusted proxy apart, and believes nobody else', async () => {
    const exec = async (url: string, forwarded: string): Promise<unknown> => {
      const { send, next } = await connect(url, { 'X-Forwarded-For': forwarded });
      send({ op: 1, args: { ...args, language: 'x' } });
      return ((await next()).data as { code: number }).code;
    };
    const trusting = await serveRanna({ burst: 1, trustedProxies: ['127.0.0.1'] });
    expect(await exec(trusting.url, '198.51.100.1')).toBe(400);
    expect(await exec(trusting.url, '198.51.100.2')).toBe(400);
    // Only what the proxy itself added counts.
    expect(await exec(trusting.url, '203.0.113.9, 198.51.100.1')).toBe(429);
    const suspicious = await serveRanna({ burst: 1 });
    expect(await exec(suspicious.url, '198.51.100.1')).toBe(400);
    expect(await exec(suspicious.url, '198.51.100.2')).toBe(429);
  });
});

describe('the door', () => {
  const handshake = (host: string, ...more: readonly string[]): readonly string[] => [
    'GET /v1/ws HTTP/1.1',
    `Host: ${host}`,
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    ...more,
  ];

  /** A whole handshake: sendRaw itself adds a header of the same name, and Node joins the two. */
  const upgrade = 'Connection: Upgrade';

  it.each([
    ['another page', handshake('localhost', upgrade, 'Origin: http://evil.example'), 403],
    ['another name', handshake('evil.example', upgrade), 421],
    ['another path', handshake('localhost', upgrade).with(0, 'GET /v1/other HTTP/1.1'), 404],
    ['another protocol', handshake('localhost', upgrade).with(2, 'Upgrade: h2c'), 426],
  ])('is closed to %s', async (_what, lines, status) => {
    const { url } = await serveRanna();
    const [reply] = await sendRaw(url, lines);
    expect([reply?.status, JSON.parse(reply?.body ?? '')]).toMatchObject([status, { code: status }]);
  });

  it('lets go of a refused connection that its client keeps open', async () => {
    const { url } = await serveRanna();
    const connection = new RawConnection(url);
    connection.socket.removeAllListeners('end');
    const lost = once(connection.socket, 'error');
    connection.write([...handshake('evil.example', upgrade), '', ''].join('\r\n'));
    await once(connection.socket, 'end');
    // Writing tells whether there is still somebody at the other end.
    const writing = setInterval(() => connection.write('x'), 50);
    onTestFinished(() => {
      clearInterval(writing);
    });
    expect(((await lost)[0] as NodeJS.ErrnoException).code).toMatch(/^(EPIPE|ECONNRESET)$/);
  });

  it('is closed to everybody once the server stops, and those inside are told', async () => {
    const { url, socket } = await serveRanna();
    const connection = await connect(url);
    const closed = once(connection.socket, 'close');
    socket.close();
    expect((await closed)[0]).toBe(1001);
    const [reply] = await sendRaw(url, handshake('localhost', upgrade));
    expect(reply?.status).toBe(503);
  });
});
