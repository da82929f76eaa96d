import type { Command } from 'commander';
import type { Config } from '../../config/config.ts';
import { examples, printerFor, type CommandContext } from '../command-line.ts';
import { exitCodes } from '../exit-code.ts';
import { addSettingOptions, loadConfig } from '../load-config.ts';

/** `sraas db migrate`: brings the database up without serving. */
export function addMigrate(db: Command, { world, finish }: CommandContext): void {
  const command = db
    .command('migrate')
    .description("Brings the database to this version's schema, as every start does, and says what that took.")
    .addHelpText('after', examples('sraas db migrate', 'SRAAS_DATABASE_URL=postgres://… sraas db migrate'))
    .action(async (_options: object, self: Command) => {
      const printer = printerFor(self, world);
      const taken = await bringUp(await loadConfig(self, world));
      if (printer.json) printer.document({ steps: taken });
      else if (taken.length === 0) printer.line("The database has this version's schema already.");
      else printer.line(`The database was brought to this version's schema: ${taken.join(', ')}.`);
      finish(exitCodes.ok);
    });
  addSettingOptions(command, ['dataDirectory', 'databaseUrl']);
}

/** Loaded here: no other command waits for the database's client. */
async function bringUp({ dataDirectory, databaseUrl }: Config): Promise<readonly string[]> {
  if (databaseUrl !== '') {
    const { migratePostgres } = await import('../../store/postgres/open.ts');
    return migratePostgres(databaseUrl);
  }
  const { openSqliteStore } = await import('../../store/sqlite/open.ts');
  const store = await openSqliteStore({ directory: dataDirectory });
  await store.close();
  return store.migrated;
}
