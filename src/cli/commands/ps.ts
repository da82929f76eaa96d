import type { Command } from 'commander';
import { clientFor, examples, printerFor, type CommandContext } from '../command-line.ts';
import { exitCodes } from '../exit-code.ts';
import { printList } from '../terminal/print-list.ts';

/** `sraas ps`: the invocations that wait or run. */
export function addPs(program: Command, { world, finish }: CommandContext): void {
  program
    .command('ps')
    .description('Lists the invocations that wait or run now.')
    .addHelpText('after', examples('sraas ps', 'sraas ps --json'))
    .action(async (_options: object, command: Command) => {
      const printer = printerFor(command, world);
      await printList(printer, await clientFor(command, world).invocations.running(), {
        headings: ['ID', 'FUNCTION', 'STATE', 'SINCE'],
        row: ({ id, function: name, version, state, started_at: at }) => [id, `${name}@${version}`, state, at],
        none: 'nothing waits or runs',
      });
      finish(exitCodes.ok);
    });
}
