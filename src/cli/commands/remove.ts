import type { Command } from 'commander';
import { clientFor, examples, printerFor, type CommandContext } from '../command-line.ts';
import { conditionOf, ifMatchOption } from '../if-match-option.ts';
import { removeEach } from '../remove-each.ts';

/** `sraas rm NAME…`: removes functions and versions, each for itself: one that fails does not keep the others. */
export function addRemove(program: Command, { world, finish }: CommandContext): void {
  program
    .command('rm')
    .argument('<name...>', 'functions to remove, or single versions: name@version')
    .description('Removes functions with all their versions, or single versions.')
    .addOption(ifMatchOption())
    .addHelpText('after', examples('sraas rm hello', 'sraas rm hello goodbye', 'sraas rm hello@1 hello@2'))
    .action(async (names: readonly string[], options: { readonly ifMatch?: string }, command: Command) => {
      const client = clientFor(command, world);
      const condition = conditionOf(options);
      finish(await removeEach(names, printerFor(command, world), (name) => client.remove(name, condition)));
    });
}
