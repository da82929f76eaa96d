import { inject } from 'vitest';
import { newDatabase } from './postgres/keeper.ts';
import { spawnServer, type ServerProcess } from './server-process.ts';
import type {} from './store-kind.ts';

/** A server that starts again on its data directory finds its database again. They go with the run's PostgreSQL. */
const urls = new Map<string, string>();

/** What `--database-url` is to be for a server with this data directory, on the kind of database that this run is about. */
export async function databaseUrlFor(dataDirectory: string): Promise<string> {
  if (inject('storeKind') === 'sqlite') return '';
  const url = urls.get(dataDirectory) ?? (await newDatabase()).url;
  urls.set(dataDirectory, url);
  return url;
}

/** {@link spawnServer} on the kind of database that this run is about. */
export async function spawnOnStore(
  dataDirectory: string,
  flags: readonly string[] = [],
  environment: Readonly<Record<string, string>> = {},
): Promise<ServerProcess> {
  // By the environment, as in production: a command line can be read by everybody on the machine.
  return spawnServer(dataDirectory, flags, { SRAAS_DATABASE_URL: await databaseUrlFor(dataDirectory), ...environment });
}
