import type { Command } from 'commander';
import type { FunctionDocument } from '../../client/wire.ts';
import { clientFor, examples, printerFor, type CommandContext } from '../command-line.ts';
import { exitCodes } from '../exit-code.ts';
import { table } from '../terminal/table.ts';

/** `sraas list`: all functions. */
export function addList(program: Command, { world, finish }: CommandContext): void {
  program
    .command('list')
    .description('Lists the functions by name.')
    .addHelpText('after', examples('sraas list', 'sraas list --json'))
    .action(async (_options: object, command: Command) => {
      const printer = printerFor(command, world);
      const functions: FunctionDocument[] = [];
      for await (const document of clientFor(command, world).list()) functions.push(document);
      if (printer.json) printer.document(functions);
      else if (functions.length === 0) printer.note('no functions yet; deploy one: sraas deploy DIR');
      else printer.block(table(['NAME', 'VERSION', 'RUNTIME', 'HANDLER', 'UPDATED'], functions.map(row)));
      finish(exitCodes.ok);
    });
}

function row({ name, version, runtime, handler, updated_at: updatedAt }: FunctionDocument): readonly string[] {
  return [name, String(version), runtime, handler ?? '', updatedAt];
}
