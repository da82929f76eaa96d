import { Client } from 'pg';
import { onTestFinished } from 'vitest';
import { openPostgresStore } from '../../src/store/postgres/open.ts';
import type { Store } from '../../src/store/store.ts';
import { newDatabase } from '../support/postgres/keeper.ts';
import { temporaryDirectory } from '../unit/store/temporary-store.ts';

/** An empty database that goes when the test ends. */
export async function temporaryDatabase(options?: string): Promise<string> {
  const database = await newDatabase(options);
  onTestFinished(() => database.drop());
  return database.url;
}

/** A server's store with a data directory of its own, closed when the test ends. */
export async function storeOn(url: string): Promise<Store> {
  const store = await openPostgresStore({ url, directory: await temporaryDirectory() });
  onTestFinished(() => store.close());
  return store;
}

/** Another program's connection to a database. */
export async function otherClient(url: string): Promise<Client> {
  const client = new Client(url);
  // Tests end connections, this one's among them.
  client.on('error', () => undefined);
  await client.connect();
  onTestFinished(() => client.end());
  return client;
}
