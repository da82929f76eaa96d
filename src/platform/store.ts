import { openPostgresStore } from '../store/postgres/open.ts';
import { openSqliteStore } from '../store/sqlite/open.ts';
import { readDatabaseUrl } from '../store/database-address.ts';
import type { Store } from '../store/store.ts';
import type { Surroundings } from './surroundings.ts';

/** Opens the store that the settings name: PostgreSQL when there is an address of one, else a file in the data directory. */
export async function openStore({ config, logger }: Surroundings): Promise<Store> {
  const { databaseUrl, dataDirectory } = config;
  const store = await (databaseUrl === ''
    ? openSqliteStore({
        directory: dataDirectory,
        onWarning: (message) => {
          logger.warn(message);
        },
      })
    : openPostgresStore({ url: databaseUrl, directory: dataDirectory }));
  const address = readDatabaseUrl(databaseUrl);
  if (typeof address === 'object') {
    const { host, database } = address;
    logger.info('Keeps state in PostgreSQL', { host, database });
  }
  if (store.migrated.length > 0) {
    logger.info("Brought the database to this version's schema", { steps: store.migrated });
  }
  return store;
}
