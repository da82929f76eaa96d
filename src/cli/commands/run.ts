import type { Command } from 'commander';
import type { Envelope } from '../../wire/invoke.ts';
import { clientFor, examples, printerFor, type CommandContext } from '../command-line.ts';
import { EnvironmentOption } from '../environment-option.ts';
import { exitCodes } from '../exit-code.ts';
import { packFolder } from '../folder/packed-folder.ts';
import { asObject, readJson } from '../json-input.ts';
import { reportError, reportText } from '../report-error.ts';

interface RunOptions {
  readonly dir: string;
  readonly runtime?: string;
}

const help = examples(
  'sraas run main.handler data.json',
  `echo '{"version":"v1","event":{"a":4,"b":1}}' | sraas run index.handler - --dir examples/hello`,
);

/** `sraas run HANDLER DATA_FILE`: runs a handler once without deploying it, and answers in JSON whatever happens. */
export function addRun(program: Command, { world, finish }: CommandContext): void {
  program
    .command('run')
    .argument('<handler>', 'file.export, main.handler for example')
    .argument('<data-file>', 'JSON file {"version":"v1","event":…,"context":{…}}, - for standard input')
    .description('Runs a handler of a folder once, without deploying it, and prints the reply as one JSON object.')
    .addOption(new EnvironmentOption('--dir <dir>', "folder with the handler's code").default('.'))
    .addOption(new EnvironmentOption('--runtime <runtime>', 'node24, or python3.13 when the handler is a .py file'))
    .addHelpText('after', help)
    .action(async (handler: string, dataFile: string, options: RunOptions, command: Command) => {
      const printer = printerFor(command, world);
      try {
        // Read first: malformed input should cost nothing. The server judges the envelope's members.
        const envelope = asObject(await readJson(world, dataFile), dataFile) as unknown as Envelope;
        const given = { handler, ...(options.runtime === undefined ? {} : { runtime: options.runtime }) };
        const { archive, entry, file } = await packFolder(options.dir, world.workingDirectory, given, printer, () =>
          Promise.resolve(undefined),
        );
        const config = { ...file.config, ...entry };
        const reply = await clientFor(command, world).run({ config, envelope, archive });
        printer.document(reply);
        finish(reply.invocation.outcome === 'ok' ? exitCodes.ok : exitCodes.functionFailed);
      } catch (error) {
        const report = reportError(error);
        printer.document({ result: null, logs: '', error: report.detail, duration_ms: 0 });
        printer.note(reportText(report));
        finish(report.exitCode);
      }
    });
}
