import type { Command } from 'commander';
import type { CommandContext } from '../command-line.ts';
import { addBackup } from './db-backup.ts';
import { addMigrate } from './db-migrate.ts';
import { addRestore } from './db-restore.ts';

/** `sraas db …`: the server's state as a whole. */
export function addDb(program: Command, context: CommandContext): void {
  const db = program.command('db').description("Backs up and restores the server's state, and brings its database up.");
  addBackup(db, context);
  addRestore(db, context);
  addMigrate(db, context);
}
