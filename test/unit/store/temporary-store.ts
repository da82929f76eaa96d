import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Migration } from 'kysely';
import { inject, onTestFinished } from 'vitest';
import { openPostgresStore } from '../../../src/store/postgres/open.ts';
import { openSqliteStore, type SqliteStoreOptions } from '../../../src/store/sqlite/open.ts';
import type { Store } from '../../../src/store/store.ts';

import { newDatabase } from '../../support/postgres/keeper.ts';
import type {} from '../../support/store-kind.ts';

/** A place for a store that can be opened again and again: a folder, and with PostgreSQL a database as well. */
export interface StorePlace {
  readonly directory: string;
  /** The caller closes it. */
  open(migrations?: Readonly<Record<string, Migration>>): Promise<Store>;
  /** Closes it when the test ends. */
  openUntilFinished(migrations?: Readonly<Record<string, Migration>>): Promise<Store>;
}

/** A folder that goes when the test ends. */
export async function temporaryDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'sraas-store-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

/** An empty place, on the kind of database that this run of the tests is about. */
export async function temporaryPlace(): Promise<StorePlace> {
  const directory = await temporaryDirectory();
  const open = inject('storeKind') === 'postgres' ? await onPostgres(directory) : inFolder(directory);
  const openUntilFinished: StorePlace['open'] = async (migrations) => {
    const store = await open(migrations);
    onTestFinished(() => store.close());
    return store;
  };
  return { directory, open, openUntilFinished };
}

/** An empty store, closed when the test ends. */
export async function temporaryStore(): Promise<Store> {
  return (await temporaryPlace()).openUntilFinished();
}

/** A store in a file, whatever this run is about. */
export async function openUntilFinished(options: SqliteStoreOptions): Promise<Store> {
  const store = await openSqliteStore(options);
  onTestFinished(() => store.close());
  return store;
}

function inFolder(directory: string): StorePlace['open'] {
  return (migrations) => openSqliteStore({ directory, ...(migrations === undefined ? {} : { migrations }) });
}

async function onPostgres(directory: string): Promise<StorePlace['open']> {
  const database = await newDatabase();
  onTestFinished(() => database.drop());
  return (migrations) =>
    openPostgresStore({ url: database.url, directory, ...(migrations === undefined ? {} : { migrations }) });
}
