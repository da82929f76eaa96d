import { resolve } from 'node:path';
import type { Command } from 'commander';
import { examples, printerFor, type CommandContext } from '../command-line.ts';
import { exitCodes } from '../exit-code.ts';
import { addSettingOptions, loadConfig } from '../load-config.ts';
import { bytesText, countText } from '../terminal/amounts.ts';
import { UsageError } from '../usage-error.ts';

interface BackupOptions {
  readonly force?: boolean;
  readonly secretsKey: boolean;
}

/** `sraas db backup FILE`: all state of a data directory in one file. */
export function addBackup(db: Command, { world, finish }: CommandContext): void {
  const command = db
    .command('backup')
    .argument('<file>', 'tar that is written')
    .description('Writes database, code and the key of secrets into one file, also while the server runs.')
    .option('--force', 'replace the file if it is there')
    .option('--no-secrets-key', 'leave the key out: without it secrets cannot be read after a restore')
    .addHelpText(
      'after',
      examples('sraas db backup sraas.tar', 'sraas db backup /backups/monday.tar --data-dir ./data'),
    )
    .action(async (file: string, { force = false, secretsKey }: BackupOptions, self: Command) => {
      const printer = printerFor(self, world);
      const { dataDirectory, databaseUrl, secretsKeyFile } = await loadConfig(self, world);
      if (databaseUrl !== '') {
        throw new UsageError(
          'With --database-url all state but the key of secrets is in PostgreSQL, the code included: back it up with ' +
            'pg_dump, and keep a copy of secrets.key of the data directory, or of your --secrets-key-file.',
        );
      }
      const { writeBackup } = await import('../../store/sqlite/backup/write-backup.ts');
      const path = resolve(world.workingDirectory, file);
      const isOwnKey = secretsKeyFile === '';
      const written = await writeBackup({
        dataDirectory,
        file: path,
        replace: force,
        withSecretsKey: secretsKey && isOwnKey,
      });
      const { sizeBytes, artifacts, hasSecretsKey } = written;
      if (printer.json) {
        printer.document({ file: path, size_bytes: sizeBytes, artifacts, secrets_key: hasSecretsKey });
      } else {
        printer.line(
          `${file}: the database and the code of ${countText(artifacts, 'upload')}, ${bytesText(sizeBytes)}`,
        );
        if (hasSecretsKey) printer.note('It holds the key of secrets: whoever can read the file can read them.');
        else if (!isOwnKey) printer.note(`The key of secrets, ${secretsKeyFile}, is not part of it: keep a copy.`);
      }
      finish(exitCodes.ok);
    });
  addSettingOptions(command, ['dataDirectory', 'databaseUrl', 'secretsKeyFile']);
}
