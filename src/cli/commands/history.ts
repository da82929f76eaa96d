import type { Command } from 'commander';
import type { HistoryFilterDocument, RecordDocument } from '../../wire/record.ts';
import { clientFor, examples, printerFor, type CommandContext } from '../command-line.ts';
import { EnvironmentOption, parseNumber } from '../environment-option.ts';
import { exitCodes } from '../exit-code.ts';
import { durationText } from '../terminal/amounts.ts';
import { printList } from '../terminal/print-list.ts';
import { UsageError } from '../usage-error.ts';

interface HistoryOptions {
  readonly outcome?: string;
  readonly state?: string;
  readonly mode?: string;
  readonly limit: number;
}

const help = examples(
  'sraas history hello',
  'sraas history hello@3 --state failed --limit 100',
  'sraas history hello --outcome timeout --json',
);

/** `sraas history NAME`: what became of a function's invocations. */
export function addHistory(program: Command, { world, finish }: CommandContext): void {
  program
    .command('history')
    .argument('<name>', 'function, or name@version')
    .description('Lists what became of the invocations of a function, newest first.')
    .addOption(new EnvironmentOption('--outcome <outcome>', 'only these: ok, handler_error, timeout, …'))
    .addOption(
      new EnvironmentOption('--state <state>', 'only these: queued, running, succeeded, failed, dead, cancelled'),
    )
    .addOption(new EnvironmentOption('--mode <mode>', 'only these: sync, async, scheduled'))
    .addOption(new EnvironmentOption('--limit <count>', 'most of them').argParser(parseNumber).default(20))
    .addHelpText('after', help)
    .action(async (reference: string, { limit, ...words }: HistoryOptions, command: Command) => {
      const printer = printerFor(command, world);
      const { name, version } = split(reference);
      const filter: HistoryFilterDocument = { ...words, ...(version === undefined ? {} : { version }) };
      await printList(printer, clientFor(command, world).invocations.list(name, filter, limit), {
        headings: ['ID', 'VERSION', 'MODE', 'ENDED AS', 'TOOK', 'WHEN'],
        row,
        none: 'no invocations like that are known',
      });
      finish(exitCodes.ok);
    });
}

function split(reference: string): { readonly name: string; readonly version?: string } {
  const [name = '', version] = reference.split('@');
  if (reference.includes(':')) {
    throw new UsageError('An alias has no history of its own: give the function, or a version such as hello@3.');
  }
  return version === undefined ? { name } : { name, version };
}

function row(document: RecordDocument): readonly string[] {
  const { id, version, mode, state, outcome, duration_ms: durationMs, created_at: createdAt } = document;
  const ended = outcome ?? document.error_code ?? '';
  const how = ended === '' ? state : state === 'dead' ? `dead (${ended})` : ended;
  return [id, String(version), mode, how, durationMs === null ? '' : durationText(durationMs), createdAt];
}
