import type { Command } from 'commander';
import type { RecordDocument } from '../../wire/record.ts';
import { clientFor, examples, printerFor, type CommandContext } from '../command-line.ts';
import { EnvironmentOption } from '../environment-option.ts';
import { exitCodes } from '../exit-code.ts';
import { bytesText, durationText } from '../terminal/amounts.ts';
import { factLines, type Fact } from '../terminal/facts.ts';
import { safeJson } from '../terminal/safe-text.ts';

/** `sraas invocation ID`: what became of one invocation. */
export function addInvocation(program: Command, { world, finish }: CommandContext): void {
  program
    .command('invocation')
    .argument('<id>', 'invocation')
    .description('Shows what became of an invocation, with its event, result and logs where they are kept.')
    .addOption(new EnvironmentOption('--wait', 'wait until it has ended; the exit code is 0 if it succeeded, else 1'))
    .addHelpText('after', examples('sraas history hello', 'sraas invocation 01a53c9e-6a2b-7c50-9f0e-3d1c8f2b7a11'))
    .action(async (id: string, { wait }: { readonly wait?: boolean }, command: Command) => {
      const printer = printerFor(command, world);
      const client = clientFor(command, world);
      const document = await (wait === true ? client.invocations.untilEnded(id) : client.invocations.show(id));
      if (printer.json) printer.document(document);
      else {
        printer.block(factLines(factsOf(document)));
        for (const [label, text] of texts(document)) printer.line(`\n${label}:\n${text.replace(/\n$/, '')}`);
      }
      finish(wait === true && document.state !== 'succeeded' ? exitCodes.functionFailed : exitCodes.ok);
    });
}

function factsOf(document: RecordDocument): readonly Fact[] {
  const { attempt, max_attempts: maxAttempts, init_ms: initMs, max_memory_bytes: maxMemoryBytes } = document;
  return [
    ['id', document.id],
    ['function', `${document.function}@${document.version}`],
    ['mode', document.mode],
    ['state', document.state],
    ['outcome', document.outcome ?? ''],
    ['exit code', document.exit_code === null ? '' : String(document.exit_code)],
    ['error code', document.error_code ?? ''],
    ['attempts', maxAttempts > 1 ? `${attempt} of at most ${maxAttempts}` : ''],
    ['created', document.created_at],
    ['started', document.started_at ?? ''],
    ['ended', document.ended_at ?? ''],
    ['took', amount(document.duration_ms, durationText)],
    ['waited', amount(document.queue_ms, durationText)],
    ['cold start', document.cold_start && initMs !== null ? durationText(initMs) : ''],
    ['processor', amount(document.cpu_ms, durationText)],
    ['memory', amount(maxMemoryBytes, bytesText)],
    ['replay of', document.replay_of ?? ''],
    ['schedule', document.schedule ?? ''],
    ['webhook', webhookText(document.webhook)],
  ];
}

function texts(document: RecordDocument): readonly (readonly [label: string, text: string])[] {
  const { error, logs } = document;
  return [
    ...json(document, 'event'),
    ...json(document, 'context'),
    ...json(document, 'result'),
    ...(error === null ? [] : [['error', error] as const]),
    ...(logs === undefined ? [] : [[document.logs_truncated ? 'logs, cut' : 'logs', logs] as const]),
  ];
}

function json(document: RecordDocument, member: 'event' | 'context' | 'result') {
  return document[member] === undefined ? [] : [[member, safeJson(document[member], 2)] as const];
}

function webhookText(webhook: RecordDocument['webhook']): string {
  if (webhook === undefined) return '';
  const { state, attempts, error } = webhook;
  return `${state} after ${attempts} call${attempts === 1 ? '' : 's'}${error === null ? '' : `: ${error}`}`;
}

function amount(value: number | null, text: (value: number) => string): string {
  return value === null ? '' : text(value);
}
