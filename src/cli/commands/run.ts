import type { Command } from 'commander';
import type { FunctionConfigDocument } from '../../wire/function-config.ts';
import type { Envelope } from '../../wire/invoke.ts';
import { clientFor, examples, printerFor, type CommandContext } from '../command-line.ts';
import { configDocument } from '../config-document.ts';
import { collectPairs, EnvironmentOption, parseNumber } from '../environment-option.ts';
import { exitCodes } from '../exit-code.ts';
import { packFolder } from '../folder/packed-folder.ts';
import { asObject, readJson } from '../json-input.ts';
import { reportError, reportText } from '../report-error.ts';
import { UsageError } from '../usage-error.ts';
import { isProgramFile, runProgramFile, type RunProgramOptions } from './run-program.ts';

interface RunOptions extends RunProgramOptions {
  readonly dir: string;
}

const help = examples(
  'sraas run script.py -- --fast input.txt < data.txt',
  'sraas run main.js --timeout-ms 2000 --env LEVEL=debug',
  'sraas run main.handler data.json',
  `echo '{"version":"v1","event":{"a":4,"b":1}}' | sraas run index.handler - --dir examples/hello`,
);

/**
 * `sraas run FILE [ARGUMENTS…]`: runs a program once, with this command's own streams. `sraas run HANDLER DATA_FILE`: runs a handler
 * once without deploying it, and answers in JSON whatever happens.
 */
export function addRun(program: Command, context: CommandContext): void {
  const { world, finish } = context;
  program
    .command('run')
    .argument('<program>', 'a file with a program, or a handler: file.export, main.handler for example')
    .argument(
      '[arguments...]',
      'the program\'s arguments; or the handler\'s JSON file {"version":"v1","event":…,"context":{…}}, - for standard input',
    )
    .description(
      'Runs a program once, with what comes on standard input; or a handler of a folder, without deploying it, and prints the reply ' +
        'as one JSON object.',
    )
    .addOption(new EnvironmentOption('--dir <dir>', "folder with the handler's code").default('.'))
    .addOption(
      new EnvironmentOption(
        '--runtime <runtime>',
        'language or runtime; by the end of the file name when left out, node24 or python3.13 for handlers',
      ),
    )
    .addOption(new EnvironmentOption('--env <KEY=VALUE>', 'environment variable, repeatable').argParser(collectPairs))
    .addOption(new EnvironmentOption('--memory-mb <MiB>', 'memory, /tmp included').argParser(parseNumber))
    .addOption(new EnvironmentOption('--timeout-ms <ms>', 'wall clock').argParser(parseNumber))
    .addHelpText('after', help)
    .action(async (what: string, rest: readonly string[], options: RunOptions, command: Command) => {
      if (await isProgramFile(world, what)) {
        finish(await runProgramFile(context, command, what, rest, options));
        return;
      }
      const handler = what;
      const printer = printerFor(command, world);
      try {
        const [dataFile] = rest;
        if (dataFile === undefined || rest.length > 1) throw neither(what);
        // Read first: malformed input should cost nothing. The server judges the envelope's members.
        const envelope = asObject(await readJson(world, dataFile), dataFile) as unknown as Envelope;
        const given = { handler, ...(options.runtime === undefined ? {} : { runtime: options.runtime }) };
        const { archive, entry, file } = await packFolder(options.dir, world.workingDirectory, given, printer, () =>
          Promise.resolve(undefined),
        );
        const config = configDocument(file.config, options, entry) as unknown as FunctionConfigDocument;
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

function neither(what: string): UsageError {
  return new UsageError(
    `There is no file ${what}. To run a handler, give its name and a file with its event: sraas run main.handler data.json.`,
  );
}
