import type { Command } from 'commander';
import { readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Code } from '../../client/code.ts';
import type { RuntimeDefinitionDocument, RuntimeDocument } from '../../wire/runtime.ts';
import { BuildReport } from '../build-report.ts';
import { clientFor, examples, printerFor, type CommandContext } from '../command-line.ts';
import { EnvironmentOption } from '../environment-option.ts';
import { exitCodes } from '../exit-code.ts';
import { collectFiles } from '../folder/collect-files.ts';
import { packFiles } from '../folder/pack.ts';
import { bytesText, countText, durationText } from '../terminal/amounts.ts';
import type { Printer } from '../terminal/printer.ts';
import { unreadableFile } from '../unreadable-file.ts';
import { untilToldToStop } from '../until-told-to-stop.ts';
import { UsageError } from '../usage-error.ts';

interface CreateOptions {
  readonly contract: 'handler' | 'command';
  readonly language?: 'node' | 'python';
  readonly description?: string;
}

interface Source {
  readonly dockerfile?: string;
  readonly context?: Code;
}

const help = examples(
  'sraas runtimes create node-with-git ./Dockerfile',
  'sraas runtimes create perl-tools examples/runtime-perl --contract command',
  'sraas runtimes create imaging imaging-runtime --language python --description "Python with Pillow"',
);

/** `sraas runtimes create NAME SOURCE`: has an image built, and shows the build while it goes on. */
export function addCreateRuntime(runtimes: Command, { world, finish }: CommandContext): void {
  runtimes
    .command('create')
    .argument('<name>', 'the name that functions give as their runtime')
    .argument('<source>', 'a Dockerfile, or a folder with one and with the files that it copies')
    .description(
      'Makes a runtime from a Dockerfile, or another one of the same name. Functions keep the old image until then.',
    )
    .addOption(
      new EnvironmentOption('--contract <contract>', 'what the image provides: node or python3, or a program')
        .choices(['handler', 'command'])
        .default('handler'),
    )
    .addOption(
      new EnvironmentOption('--language <language>', 'of handlers; without it, the one that the image has').choices([
        'node',
        'python',
      ]),
    )
    .addOption(new EnvironmentOption('--description <text>', 'what it is for'))
    .addHelpText('after', help)
    .action(async (name: string, source: string, options: CreateOptions, command: Command) => {
      const printer = printerFor(command, world);
      const client = clientFor(command, world);
      const { dockerfile, context } = await readSource(source, world.workingDirectory, printer);
      const { contract, language, description } = options;
      const definition: RuntimeDefinitionDocument = {
        contract,
        ...(language === undefined ? {} : { language }),
        ...(dockerfile === undefined ? {} : { dockerfile }),
        ...(description === undefined ? {} : { description }),
      };
      const { onEvent: onBuild } = new BuildReport(printer, name);
      const began = performance.now();
      const runtime = await untilToldToStop(world, (signal) =>
        client.runtimes.set(name, definition, context, { onBuild, signal }),
      );
      if (runtime === undefined) {
        printer.note(`left; the build goes on: sraas runtimes logs ${name} -f, or sraas runtimes cancel ${name}`);
        finish(exitCodes.platform);
        return;
      }
      if (printer.json) printer.document(runtime);
      else printer.line(`${summary(runtime)}, in ${durationText(performance.now() - began)}`);
      finish(exitCodes.ok);
    });
}

async function readSource(source: string, workingDirectory: string, printer: Printer): Promise<Source> {
  const path = resolve(workingDirectory, source);
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) throw new UsageError(`There is no file or folder ${source}.`);
  if (!found.isDirectory()) return { dockerfile: await readText(path, source) };
  const files = await collectFiles(path, source);
  if (!files.some((file) => file.path === 'Dockerfile')) {
    throw new UsageError(`${source} has no Dockerfile: add one, or give the Dockerfile itself.`);
  }
  const archive = await packFiles(files);
  printer.progress(`packed ${countText(files.length, 'file')} (${bytesText(archive.length)} compressed)`);
  return { context: { archive } };
}

async function readText(path: string, shownAs: string): Promise<string> {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(await readFile(path));
  } catch (error) {
    if (error instanceof TypeError) throw new UsageError(`${shownAs} is not a Dockerfile: it is not text in UTF-8.`);
    throw unreadableFile(shownAs, error);
  }
}

function summary({
  name,
  state,
  size_bytes: sizeBytes = 0,
  language,
  language_version: version,
}: RuntimeDocument): string {
  const serves = language === null ? 'a program' : `${language} ${version ?? ''}`.trimEnd();
  return `${name} ${state}: ${serves}, ${bytesText(sizeBytes)}`;
}
