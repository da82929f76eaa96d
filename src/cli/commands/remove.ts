import type { Command } from 'commander';
import { clientFor, examples, printerFor, type CommandContext } from '../command-line.ts';
import { exitCodes, type ExitCode } from '../exit-code.ts';
import { reportDocument, reportError, reportText } from '../report-error.ts';

/** `sraas rm NAME…`: removes functions, each for itself: one that fails does not keep the others. */
export function addRemove(program: Command, { world, finish }: CommandContext): void {
  program
    .command('rm')
    .argument('<name...>', 'functions to remove')
    .description('Removes functions with all their versions.')
    .addHelpText('after', examples('sraas rm hello', 'sraas rm hello goodbye'))
    .action(async (names: readonly string[], _options: object, command: Command) => {
      const printer = printerFor(command, world);
      const client = clientFor(command, world);
      const removed: string[] = [];
      const failed: object[] = [];
      let exitCode: ExitCode = exitCodes.ok;
      for (const name of names) {
        try {
          await client.remove(name);
          removed.push(name);
          if (!printer.json) printer.line(`removed ${name}`);
        } catch (error) {
          const report = reportError(error);
          failed.push({ name, ...reportDocument(report) });
          if (report.exitCode > exitCode) exitCode = report.exitCode;
          if (!printer.json) printer.note(reportText(report));
        }
      }
      if (printer.json) printer.document({ removed, failed });
      finish(exitCode);
    });
}
