import type { Command } from 'commander';
import type { AliasTargetDocument } from '../../wire/alias.ts';
import { parseAliasReference, parseVersionNumber } from '../alias-reference.ts';
import { targetText } from '../alias-text.ts';
import { clientFor, examples, printerFor, type CommandContext } from '../command-line.ts';
import { EnvironmentOption, parseNumber } from '../environment-option.ts';
import { exitCodes } from '../exit-code.ts';
import { conditionOf, ifMatchOption } from '../if-match-option.ts';
import { removeEach } from '../remove-each.ts';
import { factLines } from '../terminal/facts.ts';
import { printList } from '../terminal/print-list.ts';
import { UsageError } from '../usage-error.ts';

/** `sraas alias …`: movable names of versions. */
export function addAlias(program: Command, context: CommandContext): void {
  const alias = program
    .command('alias')
    .description('Sets, lists and removes aliases: names like hello:live that lead to a version, or to two.');
  addSet(alias, context);
  addList(alias, context);
  addShow(alias, context);
  addRemove(alias, context);
}

interface SetOptions {
  readonly other?: number;
  readonly percent?: number;
  readonly ifMatch?: string;
}

function addSet(alias: Command, { world, finish }: CommandContext): void {
  alias
    .command('set')
    .argument('<name:alias>', 'function and alias')
    .argument('<version>', 'number of the version that it is to lead to')
    .description('Makes an alias, or lets it lead elsewhere from the next call on.')
    .addOption(new EnvironmentOption('--other <version>', 'version for a share of the calls').argParser(parseNumber))
    .addOption(new EnvironmentOption('--percent <1-99>', 'that share, of 100 calls').argParser(parseNumber))
    .addOption(ifMatchOption())
    .addHelpText(
      'after',
      examples('sraas alias set hello:live 3', 'sraas alias set hello:live 3 --other 4 --percent 10'),
    )
    .action(async (reference: string, version: string, options: SetOptions, command: Command) => {
      const printer = printerFor(command, world);
      const { name, alias: aliasName } = parseAliasReference(reference);
      const target = targetOf(parseVersionNumber(version), options);
      const { aliases } = clientFor(command, world);
      const document = await aliases.set(name, aliasName, target, conditionOf(options));
      if (printer.json) printer.document(document);
      else printer.line(`${name}:${aliasName} leads to ${targetText(document)} (${document.outcome ?? 'set'})`);
      finish(exitCodes.ok);
    });
}

function targetOf(version: number, { other, percent }: SetOptions): AliasTargetDocument {
  if (other === undefined && percent === undefined) return { version };
  if (other === undefined || percent === undefined) {
    throw new UsageError('Give --other and --percent together: which version, and how many of 100 calls go to it.');
  }
  return { version, other_version: other, other_percent: percent };
}

function addList(alias: Command, { world, finish }: CommandContext): void {
  alias
    .command('list')
    .argument('<name>', 'function')
    .description('Lists the aliases of a function.')
    .addHelpText('after', examples('sraas alias list hello'))
    .action(async (name: string, _options: object, command: Command) => {
      const printer = printerFor(command, world);
      await printList(printer, await clientFor(command, world).aliases.list(name), {
        headings: ['ALIAS', 'LEADS TO', 'BEFORE', 'UPDATED'],
        row: (each) => [
          `${each.function}:${each.alias}`,
          targetText(each),
          each.previous === null ? '' : targetText(each.previous),
          each.updated_at,
        ],
        none: `no aliases yet; set one: sraas alias set ${name}:live 1`,
      });
      finish(exitCodes.ok);
    });
}

function addShow(alias: Command, { world, finish }: CommandContext): void {
  alias
    .command('show')
    .argument('<name:alias>', 'function and alias')
    .description('Shows where an alias leads, where it led before, and its tag for --if-match.')
    .addHelpText('after', examples('sraas alias show hello:live'))
    .action(async (reference: string, _options: object, command: Command) => {
      const printer = printerFor(command, world);
      const { name, alias: aliasName } = parseAliasReference(reference);
      const { document, tag } = await clientFor(command, world).aliases.look(name, aliasName);
      if (printer.json) printer.document({ ...document, tag });
      else {
        printer.block(
          factLines([
            ['alias', `${document.function}:${document.alias}`],
            ['leads to', targetText(document)],
            ['before', document.previous === null ? '' : targetText(document.previous)],
            ['created', document.created_at],
            ['updated', document.updated_at],
            ['tag', tag ?? ''],
          ]),
        );
      }
      finish(exitCodes.ok);
    });
}

function addRemove(alias: Command, { world, finish }: CommandContext): void {
  alias
    .command('rm')
    .argument('<name:alias...>', 'aliases to remove')
    .description('Removes aliases; the versions stay.')
    .addOption(ifMatchOption())
    .addHelpText('after', examples('sraas alias rm hello:live'))
    .action(async (references: readonly string[], options: { readonly ifMatch?: string }, command: Command) => {
      const { aliases } = clientFor(command, world);
      const exitCode = await removeEach(references, printerFor(command, world), (reference) => {
        const { name, alias: aliasName } = parseAliasReference(reference);
        return aliases.remove(name, aliasName, conditionOf(options));
      });
      finish(exitCode);
    });
}
