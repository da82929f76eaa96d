import type { Config } from '../config/config.ts';
import { openPostgresStore } from '../store/postgres/open.ts';
import { openSqliteStore } from '../store/sqlite/open.ts';
import type { Store } from '../store/store.ts';

/** Opens the store that the settings name: PostgreSQL when there is an address of one, else a file in the data directory. */
export function openStore({ databaseUrl, dataDirectory }: Config): Promise<Store> {
  return databaseUrl === ''
    ? openSqliteStore({ directory: dataDirectory })
    : openPostgresStore({ url: databaseUrl, directory: dataDirectory });
}
