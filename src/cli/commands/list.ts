import type { Command } from 'commander';
import type { FunctionDocument } from '../../wire/function.ts';
import { clientFor, examples, printerFor, type CommandContext } from '../command-line.ts';
import { exitCodes } from '../exit-code.ts';
import { printList } from '../terminal/print-list.ts';

/** `sraas list`: all functions. */
export function addList(program: Command, { world, finish }: CommandContext): void {
  program
    .command('list')
    .description('Lists the functions by name.')
    .addHelpText('after', examples('sraas list', 'sraas list --json'))
    .action(async (_options: object, command: Command) => {
      const printer = printerFor(command, world);
      await printList(printer, clientFor(command, world).list(), {
        headings: ['NAME', 'VERSION', 'RUNTIME', 'HANDLER', 'UPDATED'],
        row,
        none: 'no functions yet; deploy one: sraas deploy DIR',
      });
      finish(exitCodes.ok);
    });
}

function row({ name, version, runtime, handler, updated_at: updatedAt }: FunctionDocument): readonly string[] {
  return [name, String(version), runtime, handler ?? '', updatedAt];
}
