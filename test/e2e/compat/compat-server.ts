import type { Config } from '../../../src/config/config.ts';
import { startServer, type TestServer } from '../../support/server.ts';

export interface CompatTestServer extends TestServer {
  /** Address of the one compatibility API that was switched on. */
  readonly api: string;
}

/** A whole server that speaks one compatibility API, on a free port. */
export async function startCompat(api: string, overrides: Partial<Config> = {}): Promise<CompatTestServer> {
  const ports = { functronPort: 0, rannaPort: 0, tddAppPort: 0, scaasPort: 0 };
  const server = await startServer({ compat: api, ...ports, ...overrides });
  return { ...server, api: server.compatUrls[api] ?? '' };
}
