import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { HttpServer } from '../../../src/http/server.ts';
import { patience } from '../../support/patience.ts';

const large = Buffer.alloc(32 * 1024 * 1024, 'x');

/** A server whose replies are larger than what the sockets' own buffers take, the replies that it has begun, and those that have been read. */
async function setUp(replyTimeoutMs: number) {
  const replies: ServerResponse[] = [];
  const sent: ServerResponse[] = [];
  const server = new HttpServer(
    (_request, response) => {
      replies.push(response);
      response.once('finish', () => sent.push(response));
      response.end(large);
    },
    { replyTimeoutMs },
  );
  const url = await server.listen('127.0.0.1', 0);
  onTestFinished(() => server.close(0));
  return { url, replies, sent };
}

describe('FT-32 a client that does not read its reply', () => {
  it('is cut off when its time is over, and what it held is free', async () => {
    const { url, replies } = await setUp(300);
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    onTestFinished(() => void socket.destroy());
    socket.pause();
    socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await expect.poll(() => replies.length, patience).toBe(1);
    const [reply] = replies;
    if (reply === undefined) throw new Error('no reply was begun');
    if (!reply.closed) await once(reply, 'close');
    let received = 0;
    socket.on('data', (bytes: Buffer) => (received += bytes.length)).on('error', () => undefined);
    socket.resume();
    await once(socket, 'close');
    expect(received).toBeLessThan(large.length);
  });

  it('is not one that reads all of it, again and again over one connection', async () => {
    const { url, replies, sent } = await setUp(60_000);
    for (const number of [1, 2]) {
      const body = await (await fetch(url)).arrayBuffer();
      expect([body.byteLength, replies.length]).toEqual([large.length, number]);
    }
    await expect.poll(() => sent.length, patience).toBe(2);
  });
});
