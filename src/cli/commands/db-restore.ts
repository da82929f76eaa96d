import { resolve } from 'node:path';
import type { Command } from 'commander';
import { examples, printerFor, type CommandContext } from '../command-line.ts';
import { exitCodes } from '../exit-code.ts';
import { addSettingOptions, loadConfig } from '../load-config.ts';
import { countText } from '../terminal/amounts.ts';
import { UsageError } from '../usage-error.ts';

/** `sraas db restore FILE`: puts a backup into a data directory that no server uses. */
export function addRestore(db: Command, { world, finish }: CommandContext): void {
  const command = db
    .command('restore')
    .argument('<file>', 'tar that `sraas db backup` has written')
    .description('Puts a backup into an empty data directory that no server uses. All of it is checked first.')
    .option('--force', 'replace the state that the data directory holds')
    .addHelpText(
      'after',
      examples('sraas db restore sraas.tar', 'sraas db restore monday.tar --data-dir ./data --force'),
    )
    .action(async (file: string, { force = false }: { readonly force?: boolean }, self: Command) => {
      const printer = printerFor(self, world);
      const { dataDirectory, databaseUrl } = await loadConfig(self, world);
      if (databaseUrl !== '') {
        throw new UsageError('With --database-url state is in PostgreSQL: restore it with pg_restore.');
      }
      const { restoreBackup } = await import('../../store/sqlite/backup/restore-backup.ts');
      const restored = await restoreBackup({
        file: resolve(world.workingDirectory, file),
        dataDirectory,
        replace: force,
      });
      const { createdAt, artifacts, hasSecretsKey } = restored;
      if (printer.json) {
        printer.document({ data_dir: dataDirectory, created_at: createdAt, artifacts, secrets_key: hasSecretsKey });
      } else {
        printer.line(
          `restored ${dataDirectory} as of ${createdAt}, with the code of ${countText(artifacts, 'upload')}`,
        );
        if (!hasSecretsKey) printer.note('The backup came without a key of secrets: put yours back if there are any.');
      }
      finish(exitCodes.ok);
    });
  addSettingOptions(command, ['dataDirectory', 'databaseUrl']);
}
