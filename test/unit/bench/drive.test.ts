import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { drive } from '../../../bench/load/drive.ts';
import { ReplyReader } from '../../../bench/load/reply-reader.ts';

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

async function listening(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  closing.push(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const echo: RequestListener = (request, response) => {
  const body: Buffer[] = [];
  request.on('data', (bytes: Buffer) => body.push(bytes));
  request.on('end', () => {
    response.writeHead(200, { 'content-length': Buffer.byteLength(Buffer.concat(body)) });
    response.end(Buffer.concat(body));
  });
};

const load = { connections: 2, durationMs: 50, calls: [{ path: '/', body: 'short' }], check: () => undefined };

describe('the load of the bench', () => {
  it('sends its calls in turn and counts their replies', async () => {
    const seen = new Set<string>();
    const url = await listening((request, response) => {
      seen.add(`${request.method} ${request.url}`);
      echo(request, response);
    });
    const calls = [
      { path: '/a', body: 'ä'.repeat(200_000) },
      { path: '/b', body: '' },
    ];
    const checked: boolean[] = [];
    const figures = await drive({ ...load, url, calls, check: (reply, body) => checked.push(reply === body) });
    expect(figures['calls a second']).toBeGreaterThan(0);
    expect(figures['p99 ms']).toBeGreaterThanOrEqual(figures['p50 ms']);
    expect([...seen].sort()).toEqual(['POST /a', 'POST /b']);
    expect(new Set(checked)).toEqual(new Set([true]));
  });

  it('fails with what came when a reply is another than of status 200', async () => {
    const url = await listening((_, response) => response.writeHead(429, { 'content-length': 8 }).end('too many'));
    await expect(drive({ ...load, url })).rejects.toThrow(/429[^]*too many/);
  });

  it('fails when a reply comes in chunks, without its length', async () => {
    const url = await listening((_, response) => {
      response.write('one');
      response.end('two');
    });
    await expect(drive({ ...load, url })).rejects.toThrow('Not a reply of status 200 with a length');
  });

  it('fails when the connection ends within a reply', async () => {
    const url = await listening((_, response) => {
      response.writeHead(200, { 'content-length': 8 });
      response.write('half');
      setImmediate(() => response.destroy());
    });
    await expect(drive({ ...load, url })).rejects.toThrow('The connection ended');
  });

  it('fails when a body is not the expected one', async () => {
    const url = await listening(echo);
    const check = (): void => {
      throw new Error('Not the echo');
    };
    await expect(drive({ ...load, url, check })).rejects.toThrow('Not the echo');
  });
});

describe('a reply that is read', () => {
  const reply = Buffer.from('HTTP/1.1 200 OK\r\nContent-Length: 5\r\nx: y\r\n\r\nhello');

  it('is whole after its last byte, however its bytes come', () => {
    for (let first = 1; first < reply.length; first++) {
      const reader = new ReplyReader();
      reader.expect(true);
      const second = reply.subarray(first);
      expect(reader.take(Buffer.from(reply), first)).toBe(false);
      expect(reader.take(second, second.length)).toBe(true);
      expect(reader.body()).toBe('hello');
    }
  });

  it('keeps no body that nobody wants', () => {
    const reader = new ReplyReader();
    reader.expect(false);
    expect(reader.take(reply, reply.length)).toBe(true);
    expect(reader.body()).toBeUndefined();
  });

  it('is refused when it is longer than it says, or says two lengths', () => {
    const reader = new ReplyReader();
    reader.expect(false);
    const longer = Buffer.concat([reply, Buffer.from('!')]);
    expect(() => reader.take(longer, longer.length)).toThrow('1 bytes more than the reply has');
    reader.expect(false);
    const twice = Buffer.from('HTTP/1.1 200 OK\r\ncontent-length: 5\r\ncontent-length: 5\r\n\r\nhello');
    expect(() => reader.take(twice, twice.length)).toThrow('Not a reply');
  });
});
