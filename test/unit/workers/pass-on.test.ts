import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { Agent, createServer, request, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, it, onTestFinished } from 'vitest';
import { passOn } from '../../../src/workers/pass-on.ts';

interface Asked {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly path?: string;
  readonly body?: string;
}

async function listening(server: Server, at: string | number): Promise<Server> {
  server.listen(at);
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return server;
}

/** A worker in front of a server with this app; or of none. */
async function frontOf(app?: RequestListener, allHeard: () => Promise<void> = () => Promise.resolve()) {
  const folder = await mkdtemp(join(tmpdir(), 'sraas-pass-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const serverSocket = join(folder, 'server.sock');
  if (app !== undefined) await listening(createServer(app), serverSocket);
  const front = await listening(createServer(passOn({ serverSocket, allHeard })), 0);
  const { port } = front.address() as AddressInfo;
  const agent = new Agent({ keepAlive: true });
  onTestFinished(() => {
    agent.destroy();
  });
  const send = ({ method = 'GET', headers = {}, path = '/' }: Asked) =>
    request({ host: '127.0.0.1', port, agent, method, path, headers });
  const ask = async (asked: Asked): Promise<{ readonly answer: IncomingMessage; readonly body: string }> => {
    const sent = send(asked);
    sent.end(asked.body);
    const [answer] = (await once(sent, 'response')) as [IncomingMessage];
    return { answer, body: await text(answer) };
  };
  return { send, ask };
}

describe('a request that a worker passes on', () => {
  it('comes to the server as it was sent, and its answer goes back as it was given', async () => {
    const { ask } = await frontOf((received, reply) => {
      void text(received).then((body) => {
        reply.writeHead(418, 'Short and stout', ['X-Twice', 'one', 'X-Twice', 'other', 'Content-Type', 'text/plain']);
        const { method, url, headers } = received;
        reply.end(JSON.stringify({ method, url, host: headers.host, mine: headers['x-mine'], body }));
      });
    });
    const { answer, body } = await ask({
      method: 'PUT',
      path: '/functions/f?x=%20',
      headers: { 'X-Mine': 'yes', Host: 'localhost:1' },
      body: 'what I send',
    });
    expect([answer.statusCode, answer.statusMessage]).toStrictEqual([418, 'Short and stout']);
    expect(answer.headersDistinct['x-twice']).toStrictEqual(['one', 'other']);
    expect(answer.headers.connection).toBe('keep-alive');
    const received = {
      method: 'PUT',
      url: '/functions/f?x=%20',
      host: 'localhost:1',
      mine: 'yes',
      body: 'what I send',
    };
    expect(JSON.parse(body)).toStrictEqual(received);
  });

  it('without a body stays without one', async () => {
    const { ask } = await frontOf((received, reply) => {
      reply.end(JSON.stringify([received.headers['content-length'], received.headers['transfer-encoding']]));
    });
    expect((await ask({ method: 'POST', headers: { 'Content-Length': '0' } })).body).toBe('["0",null]');
    expect((await ask({ method: 'GET' })).body).toBe('[null,null]');
  });

  it('is answered when all workers have heard of what it changed', async () => {
    let heard: () => void = () => undefined;
    const hearing = new Promise<void>((resolve) => {
      heard = resolve;
    });
    const order: string[] = [];
    const { ask } = await frontOf(
      (received, reply) => {
        order.push(`done ${received.method}`);
        reply.end();
        if (received.method === 'GET') heard();
      },
      () => hearing.then(() => void order.push('heard')),
    );
    const change = ask({ method: 'DELETE' }).then(() => order.push('answered'));
    await expect.poll(() => order).toStrictEqual(['done DELETE']);
    // What only looks does not wait.
    await ask({ method: 'GET' });
    await change;
    expect(order).toStrictEqual(['done DELETE', 'done GET', 'heard', 'answered']);
  });

  it('gets its answer piece by piece', async () => {
    let more: () => void = () => undefined;
    const { send } = await frontOf((_received, reply) => {
      reply.write('first');
      more = () => {
        reply.end('second');
      };
    });
    const sent = send({});
    sent.end();
    const [answer] = (await once(sent, 'response')) as [IncomingMessage];
    const [first] = (await once(answer, 'data')) as [Buffer];
    expect(first.toString()).toBe('first');
    more();
    expect(await text(answer)).toBe('second');
  });

  it('is left by the server when its client has gone', async () => {
    const left: Promise<unknown>[] = [];
    let came: () => void = () => undefined;
    const coming = new Promise<void>((resolve) => {
      came = resolve;
    });
    const { send } = await frontOf((_received, reply) => {
      left.push(once(reply, 'close'));
      came();
    });
    const sent = send({ method: 'POST' });
    sent.on('error', () => undefined);
    sent.end('{}');
    await coming;
    sent.destroy();
    await Promise.all(left);
    expect(left).toHaveLength(1);
  });

  it('breaks off for the client when the server breaks off', async () => {
    const { send } = await frontOf((received, reply) => {
      reply.write('first', () => received.socket.destroy());
    });
    const sent = send({});
    sent.end();
    const [answer] = (await once(sent, 'response')) as [IncomingMessage];
    await expect(text(answer)).rejects.toThrow('aborted');
  });

  it('is told that the server is going when it takes no more', async () => {
    const { ask } = await frontOf();
    const { answer, body } = await ask({ method: 'POST', body: '{}' });
    expect([answer.statusCode, answer.headers['retry-after'], answer.headers['content-type']]).toStrictEqual([
      503,
      '5',
      'application/problem+json',
    ]);
    expect(JSON.parse(body)).toMatchObject({ code: 'DRAINING', status: 503 });
  });

  it('gets a refusal that came before its body had been sent', async () => {
    const { send } = await frontOf((received, reply) => {
      reply.writeHead(413, { Connection: 'close' }).end('too large');
      received.resume();
    });
    const sent = send({ method: 'PUT', headers: { 'Content-Length': '1000' } });
    sent.on('error', () => undefined);
    sent.write('a part of it');
    const [answer] = (await once(sent, 'response')) as [IncomingMessage];
    expect([answer.statusCode, answer.headers.connection, await text(answer)]).toStrictEqual([
      413,
      'close',
      'too large',
    ]);
  });
});
