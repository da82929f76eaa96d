import type { Command } from 'commander';
import { clientFor, examples, printerFor, type CommandContext } from '../command-line.ts';
import { EnvironmentOption } from '../environment-option.ts';
import { exitCodes } from '../exit-code.ts';
import { printReply } from '../invoke-report.ts';

interface ReplayOptions {
  readonly on?: string;
  readonly async?: boolean;
}

const id = '01a53c9e-6a2b-7c50-9f0e-3d1c8f2b7a11';

/** `sraas replay ID`: runs the event of an invocation again. */
export function addReplay(program: Command, { world, finish }: CommandContext): void {
  program
    .command('replay')
    .argument('<id>', 'invocation whose event was kept')
    .description('Runs the event of an invocation again, on the version that had it, and tells how that ended.')
    .addOption(new EnvironmentOption('--on <reference>', 'what shall get it instead: hello, hello@3'))
    .addOption(new EnvironmentOption('--async', 'do not wait: print the id of the invocation, which runs later'))
    .addHelpText('after', examples(`sraas replay ${id}`, `sraas replay ${id} --on hello`))
    .action(async (invocationId: string, { on, async }: ReplayOptions, command: Command) => {
      const printer = printerFor(command, world);
      if (async === true) {
        const accepted = await clientFor(command, world).invocations.replayAsync(invocationId, { reference: on });
        if (printer.json) printer.document(accepted);
        else printer.line(accepted.id);
        finish(exitCodes.ok);
        return;
      }
      const reply = await clientFor(command, world).invocations.replay(invocationId, { reference: on });
      if (printer.json || !world.isTerminal.stdout) printer.document(reply);
      else printReply(printer, reply);
      finish(reply.invocation.outcome === 'ok' ? exitCodes.ok : exitCodes.functionFailed);
    });
}
