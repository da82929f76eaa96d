import type { Command } from 'commander';
import type { SraasClient } from '../../client/sraas-client.ts';
import { clientFor, examples, printerFor, type CommandContext } from '../command-line.ts';
import { exitCodes } from '../exit-code.ts';
import { UsageError } from '../usage-error.ts';

const wholeIdLength = 36;

/** `sraas cancel ID`: ends an invocation that waits or runs. */
export function addCancel(program: Command, { world, finish }: CommandContext): void {
  program
    .command('cancel')
    .argument('<id>', 'invocation, or the first or last characters of its id')
    .description(
      'Ends an invocation, also one that waits to be run: its handler is killed, and its caller gets an error.',
    )
    .addHelpText('after', examples('sraas ps', 'sraas cancel 4f5e1bf2'))
    .action(async (id: string, _options: object, command: Command) => {
      const printer = printerFor(command, world);
      const client = clientFor(command, world);
      const whole = await wholeId(client, id);
      await client.invocations.cancel(whole);
      if (printer.json) printer.document({ cancelled: whole });
      else printer.line(`cancelled ${whole}`);
      finish(exitCodes.ok);
    });
}

/** The id that begins or ends as typed. One that is none's is left to the server to refuse. */
async function wholeId(client: SraasClient, typed: string): Promise<string> {
  if (typed.length >= wholeIdLength || typed === '') return typed;
  const matching = (await client.invocations.running()).filter(({ id }) => id.startsWith(typed) || id.endsWith(typed));
  if (matching.length > 1) {
    throw new UsageError(
      `${matching.length} invocations begin or end with ${typed}: give more of the id; sraas ps shows them.`,
    );
  }
  return matching[0]?.id ?? typed;
}
