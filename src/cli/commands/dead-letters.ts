import type { Command } from 'commander';
import type { RecordDocument } from '../../wire/record.ts';
import { clientFor, examples, printerFor, type CommandContext } from '../command-line.ts';
import { EnvironmentOption, parseNumber } from '../environment-option.ts';
import { exitCodes } from '../exit-code.ts';
import { removeEach } from '../remove-each.ts';
import { printList } from '../terminal/print-list.ts';
import { safeLine } from '../terminal/safe-text.ts';
import { UsageError } from '../usage-error.ts';

const id = '01a53c9e-6a2b-7c50-9f0e-3d1c8f2b7a11';

/** `sraas dead-letters …`: asynchronous invocations that were given up. */
export function addDeadLetters(program: Command, context: CommandContext): void {
  const deadLetters = program
    .command('dead-letters')
    .description('Lists, runs again and removes asynchronous invocations that were given up.');
  addList(deadLetters, context);
  addReplay(deadLetters, context);
  addRemove(deadLetters, context);
  addPurge(deadLetters, context);
}

function addList(deadLetters: Command, { world, finish }: CommandContext): void {
  deadLetters
    .command('list')
    .argument('[name]', 'function; all of them when left out')
    .description('Lists dead letters, newest first.')
    .addOption(new EnvironmentOption('--limit <count>', 'most of them').argParser(parseNumber).default(20))
    .addHelpText('after', examples('sraas dead-letters list', 'sraas dead-letters list hello --json'))
    .action(async (name: string | undefined, { limit }: { readonly limit: number }, command: Command) => {
      const printer = printerFor(command, world);
      await printList(printer, clientFor(command, world).deadLetters.list(name, limit), {
        headings: ['ID', 'FUNCTION', 'ATTEMPTS', 'ENDED AS', 'ERROR'],
        row,
        none: 'no dead letters',
      });
      finish(exitCodes.ok);
    });
}

const mostErrorWidth = 60;

function row(document: RecordDocument): readonly string[] {
  const { outcome, error_code: errorCode, error } = document;
  const [firstLine = ''] = (error ?? '').split('\n');
  const shown = firstLine.length > mostErrorWidth ? `${firstLine.slice(0, mostErrorWidth)}…` : firstLine;
  const where = `${document.function}@${document.version}`;
  return [document.id, where, String(document.attempt), outcome ?? errorCode ?? '', safeLine(shown)];
}

function addReplay(deadLetters: Command, { world, finish }: CommandContext): void {
  deadLetters
    .command('replay')
    .argument('<id>', 'dead letter')
    .description('Has the event of a dead letter run again, as a new asynchronous invocation, and prints its id.')
    .addOption(new EnvironmentOption('--on <reference>', 'what shall get it instead: hello, hello@3'))
    .addHelpText('after', examples(`sraas dead-letters replay ${id}`, `sraas dead-letters replay ${id} --on hello`))
    .action(async (invocationId: string, { on }: { readonly on?: string }, command: Command) => {
      const printer = printerFor(command, world);
      const document = await clientFor(command, world).deadLetters.replay(invocationId, { reference: on });
      if (printer.json) printer.document(document);
      else printer.line(document.id);
      finish(exitCodes.ok);
    });
}

function addRemove(deadLetters: Command, { world, finish }: CommandContext): void {
  deadLetters
    .command('rm')
    .argument('<id...>', 'dead letters')
    .description('Removes single dead letters, with all that is kept of them.')
    .addHelpText('after', examples(`sraas dead-letters rm ${id}`))
    .action(async (ids: readonly string[], _options: object, command: Command) => {
      const client = clientFor(command, world);
      finish(await removeEach(ids, printerFor(command, world), (one) => client.deadLetters.remove(one)));
    });
}

function addPurge(deadLetters: Command, { world, finish }: CommandContext): void {
  deadLetters
    .command('purge')
    .argument('[name]', 'function')
    .description('Removes all dead letters of a function, or of all functions with --all.')
    .option('--all', 'those of all functions')
    .addHelpText('after', examples('sraas dead-letters purge hello', 'sraas dead-letters purge --all'))
    .action(async (name: string | undefined, { all }: { readonly all?: boolean }, command: Command) => {
      if ((name === undefined) !== (all === true)) {
        throw new UsageError('Give the function whose dead letters shall go, or --all for those of every function.');
      }
      const printer = printerFor(command, world);
      const removed = await clientFor(command, world).deadLetters.purge(name);
      if (printer.json) printer.document({ removed });
      else printer.line(`removed ${removed} dead letter${removed === 1 ? '' : 's'}`);
      finish(exitCodes.ok);
    });
}
