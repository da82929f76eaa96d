import type { Command } from 'commander';
import { basename } from 'node:path';
import type { FunctionConfigDocument } from '../../wire/function-config.ts';
import { clientFor, examples, printerFor, type CommandContext } from '../command-line.ts';
import { configDocument, type ConfigFlags } from '../config-document.ts';
import { addConfigOptions } from '../config-options.ts';
import { EnvironmentOption } from '../environment-option.ts';
import { idempotencyKeyOption, keyedBy } from '../idempotency-key-option.ts';
import { conditionOf, ifMatchOption } from '../if-match-option.ts';
import { exitCodes } from '../exit-code.ts';
import { packFolder } from '../folder/packed-folder.ts';
import { BuildReport } from '../build-report.ts';
import { languageOfRuntime } from '../runtime-language.ts';
import { UsageError } from '../usage-error.ts';

interface DeployOptions extends ConfigFlags {
  readonly name?: string;
  readonly createOnly?: boolean;
  readonly ifMatch?: string;
  readonly idempotencyKey?: string;
}

const help = examples(
  'sraas deploy examples/hello',
  'sraas deploy . --name greeter --handler src/app.greet --memory-mb 512',
  'sraas deploy thumbnails --runtime dockerfile --handler app.handler',
  'sraas deploy . --idempotency-key "$CI_JOB_ID"',
  'sraas deploy api --env LEVEL=debug --env REGION=eu --label team=web --timeout-ms 30000',
);

/** `sraas deploy DIR`: sends a folder as a function's code. */
export function addDeploy(program: Command, { world, finish }: CommandContext): void {
  const command = program
    .command('deploy')
    .argument('<dir>', 'folder with the handler; its sraas.json, if any, holds the configuration')
    .description(
      "Deploys a folder: creates the function, or publishes its next version. Flags win over the folder's sraas.json.",
    )
    .addOption(new EnvironmentOption('--name <name>', "the function's name; without it the folder's"))
    .addOption(
      new EnvironmentOption(
        '--runtime <runtime>',
        'node24, or python3.13 when the handler is a .py file; dockerfile for its own',
      ),
    )
    .addOption(
      new EnvironmentOption('--handler <file.export>', 'without it: index, main, handler, app or <dir>, .handler'),
    )
    .addOption(
      new EnvironmentOption('--dependencies <how>', 'install: packages of the lock file or requirements.txt').choices([
        'none',
        'install',
      ]),
    );
  addConfigOptions(command)
    .addOption(new EnvironmentOption('--create-only', 'refuse when there is a function of the name'))
    .addOption(ifMatchOption())
    .addOption(idempotencyKeyOption())
    .addHelpText('after', help)
    .action(async (dir: string, options: DeployOptions, self: Command) => {
      const printer = printerFor(self, world);
      const client = clientFor(self, world);
      const packed = await packFolder(
        dir,
        world.workingDirectory,
        entryFlags(options),
        printer,
        languageOfRuntime(client.runtimes),
      );
      const name = functionName(options.name ?? packed.file.name, packed.folder);
      const config = configDocument(packed.file.config, options, packed.entry);
      printer.progress(`uploading to ${client.url}`);
      // The server says what is wrong with members that a sraas.json should not have.
      const installs = config['dependencies'] === 'install';
      const report = new BuildReport(printer, name, installs ? 'installing the packages of' : undefined);
      const onBuild = installs || packed.entry.runtime === 'dockerfile' ? report.onEvent : undefined;
      const code = { archive: packed.archive };
      const reply = await client.deploy(name, config as unknown as FunctionConfigDocument, code, {
        ...keyedBy(options, printer),
        onBuild,
        createOnly: options.createOnly ?? false,
        ...conditionOf(options),
      });
      if (printer.json) printer.document(reply);
      else {
        printer.line(`${reply.name} version ${reply.version} ${reply.outcome}`);
        printer.line(`try it: sraas invoke ${reply.name} -e '{}'`);
      }
      finish(exitCodes.ok);
    });
}

function entryFlags({ runtime, handler }: ConfigFlags): { runtime?: string; handler?: string } {
  return { ...(runtime === undefined ? {} : { runtime }), ...(handler === undefined ? {} : { handler }) };
}

function functionName(given: string | undefined, folder: string): string {
  const name = given ?? basename(folder);
  if (/^[A-Za-z][A-Za-z0-9_-]{0,63}$/.test(name)) return name;
  const origin = given === undefined ? `The folder's name, ${name},` : name;
  throw new UsageError(
    `${origin} cannot be a function's name: give --name a letter followed by up to 63 letters, digits, - or _.`,
  );
}
