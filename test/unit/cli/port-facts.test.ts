import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { portFacts } from '../../../src/cli/doctor/port-facts.ts';

async function listen(listener: RequestListener): Promise<number> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

const stateOf = async (port: number): Promise<string> =>
  (await portFacts('127.0.0.1', port, (url, init) => fetch(url, init))).state;

describe('portFacts', () => {
  it('finds a port free and leaves it so', async () => {
    expect(await stateOf(0)).toBe('free');
  });

  it('knows a server of this product', async () => {
    const health = { status: 'ok', version: '1.2.3', started_at: '2026-01-02T03:04:05.678Z' };
    expect(await stateOf(await listen((_request, response) => response.end(JSON.stringify(health))))).toBe('ours');
  });

  it('knows that it is another program', async () => {
    expect(await stateOf(await listen((_request, response) => response.end('hello')))).toBe('taken');
  });
});
