import type { Command } from 'commander';
import type { VersionDocument } from '../../wire/function.ts';
import { clientFor, examples, printerFor, type CommandContext } from '../command-line.ts';
import { exitCodes } from '../exit-code.ts';
import { bytesText, durationText } from '../terminal/amounts.ts';
import { factLines, type Fact } from '../terminal/facts.ts';

/** `sraas show NAME`: one function with its configuration. */
export function addShow(program: Command, { world, finish }: CommandContext): void {
  program
    .command('show')
    .argument('<name>', 'function, name@version or name:alias')
    .description('Shows a function: its code, configuration and limits.')
    .addHelpText('after', examples('sraas show hello', 'sraas show hello --json'))
    .action(async (name: string, _options: object, command: Command) => {
      const printer = printerFor(command, world);
      const { document, tag } = await clientFor(command, world).look(name);
      if (printer.json) printer.document({ ...document, tag });
      else printer.block(factLines([...factsOf(document), ['tag', tag ?? '']]));
      finish(exitCodes.ok);
    });
}

function factsOf(document: VersionDocument): readonly Fact[] {
  const { limits, concurrency, code } = document;
  return [
    ['name', document.name],
    ['version', String(document.version)],
    ['description', document.description],
    ['runtime', document.runtime],
    ['handler', document.handler ?? ''],
    ['code', `${bytesText(code.bytes)}, sha256 ${code.sha256}`],
    ['cpus', `${limits.cpus}`],
    ['memory', `${limits.memory_mb} MiB`],
    ['processes', `${limits.pids}`],
    ['timeout', durationText(limits.timeout_ms)],
    ['/tmp', `${limits.tmp_mb} MiB`],
    ['network', document.network],
    ['isolation', document.isolation],
    ['history', document.history],
    ['sandboxes', `at most ${concurrency.max}, ${concurrency.warm_min} kept started`],
    ['env', pairs(document.env)],
    ['secrets', pairs(document.secrets)],
    ['labels', pairs(document.labels)],
    ['created', document.created_at],
    ['updated', document.updated_at ?? ''],
  ];
}

function pairs(map: Readonly<Record<string, string>>): string {
  return Object.entries(map)
    .map(([key, value]) => `${key}=${value}`)
    .join(' ');
}
