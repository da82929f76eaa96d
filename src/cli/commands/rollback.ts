import type { Command } from 'commander';
import { parseAliasReference, parseVersionNumber } from '../alias-reference.ts';
import { targetText } from '../alias-text.ts';
import { clientFor, examples, printerFor, type CommandContext } from '../command-line.ts';
import { EnvironmentOption } from '../environment-option.ts';
import { exitCodes } from '../exit-code.ts';
import { conditionOf, ifMatchOption } from '../if-match-option.ts';

interface RollbackOptions {
  readonly to?: string;
  readonly ifMatch?: string;
}

/** `sraas rollback NAME` or `NAME:ALIAS`: back to what was before. */
export function addRollback(program: Command, { world, finish }: CommandContext): void {
  program
    .command('rollback')
    .argument('<name>', 'function, or name:alias')
    .description(
      'Publishes the version before the newest again, as the next one; or lets an alias lead where it led before.',
    )
    .addOption(new EnvironmentOption('--to <version>', 'to this version instead'))
    .addOption(ifMatchOption())
    .addHelpText('after', examples('sraas rollback hello', 'sraas rollback hello --to 3', 'sraas rollback hello:live'))
    .action(async (reference: string, options: RollbackOptions, command: Command) => {
      const printer = printerFor(command, world);
      const { versions, aliases } = clientFor(command, world);
      const to = options.to === undefined ? undefined : parseVersionNumber(options.to);
      if (reference.includes(':')) {
        const { name, alias } = parseAliasReference(reference);
        const document = await aliases.rollBack(name, alias, to, conditionOf(options));
        if (printer.json) printer.document(document);
        else printer.line(`${name}:${alias} leads to ${targetText(document)}`);
      } else {
        const document = await versions.rollBack(reference, to, conditionOf(options));
        if (printer.json) printer.document(document);
        else printer.line(`${document.name} version ${document.version} ${document.outcome}`);
      }
      finish(exitCodes.ok);
    });
}
