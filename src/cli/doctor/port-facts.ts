import { once } from 'node:events';
import { createServer } from 'node:net';
import type { Fetch } from '../../client/connection.ts';
import { SraasClient } from '../../client/sraas-client.ts';
import type { PortFacts } from './facts.ts';

/** Whether a server could listen at an address, or one of ours does already. */
export async function portFacts(host: string, port: number, fetch: Fetch): Promise<PortFacts> {
  const refusal = await tryToListen(host, port);
  if (refusal === undefined) return { host, port, state: 'free' };
  if (refusal !== 'EADDRINUSE') return { host, port, state: 'refused' };
  return { host, port, state: (await isOurs(host, port, fetch)) ? 'ours' : 'taken' };
}

async function tryToListen(host: string, port: number): Promise<string | undefined> {
  const server = createServer();
  try {
    server.listen(port, host);
    await once(server, 'listening');
    return undefined;
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : 'UNKNOWN';
  } finally {
    server.close();
  }
}

async function isOurs(host: string, port: number, fetch: Fetch): Promise<boolean> {
  const url = `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
  try {
    const health = await new SraasClient({ url, fetch: withTimeLimit(fetch) }).health();
    return typeof health === 'object' && 'started_at' in health;
  } catch {
    return false;
  }
}

/** What holds the port may accept and never answer. */
function withTimeLimit(fetch: Fetch): Fetch {
  return (url, init) => fetch(url, { ...init, signal: AbortSignal.timeout(3000) });
}
