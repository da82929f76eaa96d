import type { Command } from 'commander';
import { clientFor, examples, printerFor, type CommandContext } from '../command-line.ts';
import { exitCodes } from '../exit-code.ts';
import { table } from '../terminal/table.ts';

/** `sraas ps`: the invocations that wait or run. */
export function addPs(program: Command, { world, finish }: CommandContext): void {
  program
    .command('ps')
    .description('Lists the invocations that wait or run now.')
    .addHelpText('after', examples('sraas ps', 'sraas ps --json'))
    .action(async (_options: object, command: Command) => {
      const printer = printerFor(command, world);
      const running = await clientFor(command, world).invocations.running();
      if (printer.json) printer.document(running);
      else if (running.length === 0) printer.note('nothing waits or runs');
      else {
        const rows = running.map(({ id, function: name, version, state, started_at: startedAt }) => [
          id,
          `${name}@${version}`,
          state,
          startedAt,
        ]);
        printer.block(table(['ID', 'FUNCTION', 'STATE', 'SINCE'], rows));
      }
      finish(exitCodes.ok);
    });
}
