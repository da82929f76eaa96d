import type { Command } from 'commander';
import type { SecretDocument } from '../../wire/secret.ts';
import { clientFor, examples, printerFor, type CommandContext } from '../command-line.ts';
import { exitCodes } from '../exit-code.ts';
import { removeEach } from '../remove-each.ts';
import { readSecret } from '../secret-input.ts';
import { printList } from '../terminal/print-list.ts';
import { UsageError } from '../usage-error.ts';

/** `sraas secrets …`: values that functions see, and that nobody gets back. */
export function addSecrets(program: Command, context: CommandContext): void {
  const secrets = program
    .command('secrets')
    .description('Sets, lists and removes secrets, which functions get as environment variables.');
  addSet(secrets, context);
  addList(secrets, context);
  addRemove(secrets, context);
}

function addSet(secrets: Command, { world, finish }: CommandContext): void {
  secrets
    .command('set')
    .argument('<name>', 'the name that functions give for it')
    .argument('[-]', 'reads the value from standard input')
    .option('--from-file <file>', 'file with the value, - for standard input')
    .description('Sets a secret, or sets it anew. Without a source the value is asked for and not shown.')
    .addHelpText(
      'after',
      examples(
        'sraas secrets set db-password',
        'sraas secrets set db-password --from-file password.txt',
        'pass show db | sraas secrets set db-password -',
      ),
    )
    .addHelpText('after', 'One line break at the end of a file or of standard input is not part of the value.')
    .action(
      async (name: string, dash: string | undefined, options: { readonly fromFile?: string }, command: Command) => {
        if (dash !== undefined && dash !== '-') {
          throw new UsageError(
            'A value is never an argument, where others would see it: give - , --from-file FILE, or type it when asked.',
          );
        }
        if (dash !== undefined && options.fromFile !== undefined) {
          throw new UsageError('Give the value once: with --from-file, or with -.');
        }
        const printer = printerFor(command, world);
        const client = clientFor(command, world);
        const value = await readSecret(world, { name, file: options.fromFile ?? dash });
        const reply = await client.secrets.set(name, value);
        if (printer.json) printer.document(reply);
        else printer.line(`${reply.name} ${reply.outcome === 'created' ? 'set' : 'set anew'}`);
        finish(exitCodes.ok);
      },
    );
}

function addList(secrets: Command, { world, finish }: CommandContext): void {
  secrets
    .command('list')
    .description('Lists the secrets by name, and the functions that use them. Values are never shown.')
    .addHelpText('after', examples('sraas secrets list', 'sraas secrets list --json'))
    .action(async (_options: object, command: Command) => {
      const printer = printerFor(command, world);
      await printList(printer, clientFor(command, world).secrets.list(), {
        headings: ['NAME', 'SET', 'USED BY'],
        row,
        none: 'no secrets yet; set one: sraas secrets set NAME',
      });
      finish(exitCodes.ok);
    });
}

function addRemove(secrets: Command, { world, finish }: CommandContext): void {
  secrets
    .command('rm')
    .argument('<name...>', 'secrets to remove')
    .description('Removes secrets that no version of a function names.')
    .addHelpText('after', examples('sraas secrets rm db-password'))
    .action(async (names: readonly string[], _options: object, command: Command) => {
      const client = clientFor(command, world);
      finish(await removeEach(names, printerFor(command, world), (name) => client.secrets.remove(name)));
    });
}

function row({ name, updated_at: updatedAt, used_by: usedBy }: SecretDocument): readonly string[] {
  return [name, updatedAt, usedBy.join(' ')];
}
