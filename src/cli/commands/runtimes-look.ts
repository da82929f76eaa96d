import type { Command } from 'commander';
import type { RuntimeDocument } from '../../wire/runtime.ts';
import { BuildReport } from '../build-report.ts';
import { clientFor, examples, printerFor, type CommandContext } from '../command-line.ts';
import { EnvironmentOption } from '../environment-option.ts';
import { exitCodes } from '../exit-code.ts';
import { removeEach } from '../remove-each.ts';
import { bytesText } from '../terminal/amounts.ts';
import { factLines, type Fact } from '../terminal/facts.ts';
import { printList } from '../terminal/print-list.ts';
import { safeLine } from '../terminal/safe-text.ts';
import { untilToldToStop } from '../until-told-to-stop.ts';

/** `sraas runtimes list`: all runtimes of the server. */
export function addListRuntimes(runtimes: Command, { world, finish }: CommandContext): void {
  runtimes
    .command('list')
    .description('Lists the runtimes that functions can name, built-in and custom alike.')
    .addHelpText('after', examples('sraas runtimes list', 'sraas runtimes list --json'))
    .action(async (_options: object, command: Command) => {
      const printer = printerFor(command, world);
      await printList(printer, await clientFor(command, world).runtimes.list(), {
        headings: ['NAME', 'KIND', 'CONTRACT', 'LANGUAGE', 'STATE', 'SIZE'],
        row,
        none: 'no runtimes',
      });
      finish(exitCodes.ok);
    });
}

/** `sraas runtimes show NAME`: one of them. */
export function addShowRuntime(runtimes: Command, { world, finish }: CommandContext): void {
  runtimes
    .command('show')
    .argument('<name>', 'runtime')
    .description('Shows a runtime: what serves it, and how its last build went.')
    .addHelpText('after', examples('sraas runtimes show node24', 'sraas runtimes show perl-tools --json'))
    .action(async (name: string, _options: object, command: Command) => {
      const printer = printerFor(command, world);
      const runtime = await clientFor(command, world).runtimes.show(name);
      if (printer.json) printer.document(runtime);
      else printer.block(factLines(factsOf(runtime)));
      finish(exitCodes.ok);
    });
}

/** `sraas runtimes logs NAME`: what its last build said. */
export function addRuntimeLogs(runtimes: Command, { world, finish }: CommandContext): void {
  runtimes
    .command('logs')
    .argument('<name>', 'custom runtime')
    .description('Shows the log of the last build of a runtime.')
    .addOption(new EnvironmentOption('-f, --follow', 'go on until the build has ended'))
    .addHelpText('after', examples('sraas runtimes logs perl-tools', 'sraas runtimes logs perl-tools -f'))
    .action(async (name: string, options: { readonly follow?: boolean }, command: Command) => {
      const printer = printerFor(command, world);
      const client = clientFor(command, world);
      if (options.follow !== true) {
        const { log, ...build } = await client.builds.show(name);
        if (printer.json) printer.document({ ...build, log });
        else {
          printer.block(log);
          printer.note(`-- ${build.state}${build.problem === null ? '' : `: ${safeLine(build.problem)}`}`);
        }
        finish(exitCodes.ok);
        return;
      }
      const { onEvent } = new BuildReport(printer, name);
      const build = await untilToldToStop(world, (signal) => client.builds.follow(name, onEvent, { signal }));
      if (build !== undefined && printer.json) printer.document(build);
      else if (build !== undefined) {
        printer.note(`-- ${build.state}${build.problem === null ? '' : `: ${safeLine(build.problem)}`}`);
      }
      finish(build === undefined || build.state === 'succeeded' ? exitCodes.ok : exitCodes.functionFailed);
    });
}

/** `sraas runtimes cancel NAME`: ends the build that is under way. */
export function addCancelBuild(runtimes: Command, { world, finish }: CommandContext): void {
  runtimes
    .command('cancel')
    .argument('<name>', 'custom runtime')
    .description('Ends the build of a runtime that is under way. An image that serves already goes on serving.')
    .addHelpText('after', examples('sraas runtimes cancel perl-tools'))
    .action(async (name: string, _options: object, command: Command) => {
      const printer = printerFor(command, world);
      await clientFor(command, world).builds.cancel(name);
      if (printer.json) printer.document({ cancelled: name });
      else printer.line(`cancelled the build of ${name}`);
      finish(exitCodes.ok);
    });
}

/** `sraas runtimes rm NAME…`: removes custom runtimes, each for itself. */
export function addRemoveRuntimes(runtimes: Command, { world, finish }: CommandContext): void {
  runtimes
    .command('rm')
    .argument('<name...>', 'custom runtimes to remove')
    .description('Removes custom runtimes that no function uses.')
    .addHelpText('after', examples('sraas runtimes rm perl-tools'))
    .action(async (names: readonly string[], _options: object, command: Command) => {
      const client = clientFor(command, world);
      finish(await removeEach(names, printerFor(command, world), (name) => client.runtimes.remove(name)));
    });
}

function row({ name, kind, contract, language, state, size_bytes: sizeBytes }: RuntimeDocument): readonly string[] {
  const size = sizeBytes === undefined ? '' : bytesText(sizeBytes);
  return [name, kind === 'built_in' ? 'built in' : 'custom', contract, language ?? '', state, size];
}

function factsOf(runtime: RuntimeDocument): readonly Fact[] {
  const { last_build: build } = runtime;
  return [
    ['name', runtime.name],
    ['kind', runtime.kind === 'built_in' ? 'built in' : 'custom'],
    ['description', runtime.description],
    ['contract', runtime.contract],
    ['language', `${runtime.language ?? ''} ${runtime.language_version ?? ''}`.trim()],
    ['command', (runtime.command ?? []).join(' ')],
    ['state', runtime.state],
    ['image', runtime.image ?? ''],
    ['size', runtime.size_bytes === undefined ? '' : bytesText(runtime.size_bytes)],
    ['base', runtime.base ?? ''],
    ['built', runtime.built_at ?? ''],
    ['created', runtime.created_at ?? ''],
    ['updated', runtime.updated_at ?? ''],
    ['last build', build === undefined ? '' : `${build.state}, ordered ${build.queued_at}`],
    ['problem', build?.problem ?? ''],
  ];
}
