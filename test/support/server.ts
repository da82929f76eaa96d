import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Config } from '../../src/config/config.ts';
import { parseConfig } from '../../src/config/parse-config.ts';
import { createLogger } from '../../src/logger.ts';
import { createPlatform } from '../../src/platform.ts';
import { SraasClient } from '../../src/client/sraas-client.ts';
import { databaseUrlFor } from './database-url.ts';
import { engineHost } from './engine-host.ts';

export { engineHost };

export interface TestServer extends AsyncDisposable {
  readonly url: string;
  /** Addresses of the compatibility APIs that are switched on, by name. */
  readonly compatUrls: Readonly<Record<string, string>>;
  readonly client: SraasClient;
  readonly dataDirectory: string;
  stop(): Promise<void>;
}

/**
 * A whole server in this process, on a free port, with a data directory of its own that goes with it, and the kind of database
 * that this run is about. It prepares no sandboxes
 * unless asked to: most tests look for the container of one function, by labels that a prepared one cannot have.
 */
export async function startServer(overrides: Partial<Config> = {}): Promise<TestServer> {
  const dataDirectory = overrides.dataDirectory ?? (await mkdtemp(join(tmpdir(), 'sraas-test-')));
  const config = {
    ...parseConfig({ flags: {}, environment: {} }),
    port: 0,
    engineHost,
    transport: process.env['SRAAS_TEST_TRANSPORT'] ?? 'auto',
    preparedPerKind: 0,
    // An engine of the test's own has a control group for its containers, by which the test ends them with it.
    ...(overrides.engineHost === undefined ? {} : { sandboxWeight: 0 }),
    databaseUrl: await databaseUrlFor(dataDirectory),
    ...overrides,
    dataDirectory,
  };
  const platform = createPlatform(config, createLogger(process.env['SRAAS_TEST_LOG'] ?? 'error'));
  const stop = async (): Promise<void> => {
    await platform.stop();
    if (overrides.dataDirectory === undefined) await rm(dataDirectory, { recursive: true, force: true });
  };
  try {
    const { url, compatUrls } = await platform.start();
    return { url, compatUrls, client: new SraasClient({ url }), dataDirectory, stop, [Symbol.asyncDispose]: stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
