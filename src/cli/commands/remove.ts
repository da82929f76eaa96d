import type { Command } from 'commander';
import { clientFor, examples, printerFor, type CommandContext } from '../command-line.ts';
import { removeEach } from '../remove-each.ts';

/** `sraas rm NAME…`: removes functions, each for itself: one that fails does not keep the others. */
export function addRemove(program: Command, { world, finish }: CommandContext): void {
  program
    .command('rm')
    .argument('<name...>', 'functions to remove')
    .description('Removes functions with all their versions.')
    .addHelpText('after', examples('sraas rm hello', 'sraas rm hello goodbye'))
    .action(async (names: readonly string[], _options: object, command: Command) => {
      const client = clientFor(command, world);
      finish(await removeEach(names, printerFor(command, world), (name) => client.remove(name)));
    });
}
