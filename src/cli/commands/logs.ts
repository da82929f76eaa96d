import type { Command } from 'commander';
import { clientFor, examples, printerFor, type CommandContext } from '../command-line.ts';
import { EnvironmentOption } from '../environment-option.ts';
import { exitCodes } from '../exit-code.ts';
import { LiveReport } from '../live-report.ts';
import { untilToldToStop } from '../until-told-to-stop.ts';
import { UsageError } from '../usage-error.ts';

const help = examples(
  'sraas logs hello -f',
  `sraas logs hello -f --json | jq -j '.text // empty'`,
  'sraas logs hello -f > hello.log',
);

/** `sraas logs NAME -f`: shows what a function writes, while it is written, until Ctrl-C. */
export function addLogs(program: Command, { world, finish }: CommandContext): void {
  program
    .command('logs')
    .argument('<name>', 'function')
    .description('Follows the logs of a function: lines go to stdout, begins and ends of its invocations to stderr.')
    .addOption(
      new EnvironmentOption('-f, --follow', 'show what is written from now on; needed, as older logs are not kept'),
    )
    .addHelpText('after', help)
    .action(async (name: string, options: { readonly follow?: boolean }, command: Command) => {
      if (options.follow !== true) throw new UsageError('Logs are live only: add -f to follow them from now on.');
      const printer = printerFor(command, world);
      const report = new LiveReport(printer, name);
      const client = clientFor(command, world);
      const ended = await untilToldToStop(world, async (signal) => {
        for await (const event of client.followLogs(name, { signal })) {
          if (printer.json) printer.documentLine(event);
          else report.show(event);
          if (event.event === 'draining') return exitCodes.platform;
        }
        return exitCodes.ok;
      });
      // Being told to stop is how following usually ends: no failure.
      finish(ended ?? exitCodes.ok);
    });
}
