import type { Command } from 'commander';
import { clientFor, examples, printerFor, type CommandContext } from '../command-line.ts';
import { EnvironmentOption } from '../environment-option.ts';
import { exitCodes } from '../exit-code.ts';
import { idempotencyKeyOption, keyedBy } from '../idempotency-key-option.ts';
import { printReply } from '../invoke-report.ts';
import { asObject, parseJson, readJson } from '../json-input.ts';
import { UsageError } from '../usage-error.ts';
import type { World } from '../world.ts';

interface InvokeOptions {
  readonly event?: string;
  readonly file?: string;
  readonly context?: string;
  readonly async?: boolean;
  readonly idempotencyKey?: string;
}

const help = examples(
  `sraas invoke hello -e '{"a":4,"b":1}'`,
  'sraas invoke hello@3 -f event.json',
  'generate-event | sraas invoke hello - --json',
  'sraas invocation --wait $(sraas invoke hello --async)',
  'sraas invoke charge -f order-17.json --idempotency-key order-17',
);

/** `sraas invoke NAME`: invokes a function and tells how it ended. */
export function addInvoke(program: Command, { world, finish }: CommandContext): void {
  program
    .command('invoke')
    .argument('<name>', 'function, name@version or name:alias')
    .argument('[-]', 'reads the event from standard input')
    .description('Invokes a function. Without an event it is {}. The result goes to stdout, logs and errors to stderr.')
    .addOption(new EnvironmentOption('-e, --event <json>', 'the event'))
    .addOption(new EnvironmentOption('-f, --file <file>', 'file with the event, - for standard input'))
    .addOption(new EnvironmentOption('--context <json>', 'object with members for the handler’s context'))
    .addOption(new EnvironmentOption('--async', 'do not wait: print the id of the invocation, which runs later'))
    .addOption(idempotencyKeyOption())
    .addHelpText('after', help)
    .action(async (name: string, dash: string | undefined, options: InvokeOptions, command: Command) => {
      const printer = printerFor(command, world);
      const event = await readEvent(world, dash, typedOver(command, dash, options));
      const context =
        options.context === undefined ? {} : asObject(parseJson(options.context, '--context'), '--context');
      const input = { event, context, ...keyedBy(options, printer) };
      if (options.async === true) {
        const accepted = await clientFor(command, world).invokeAsync(name, input);
        if (printer.json) printer.document(accepted);
        else printer.line(accepted.id);
        finish(exitCodes.ok);
        return;
      }
      const reply = await clientFor(command, world).invoke(name, input);
      if (printer.json || !world.isTerminal.stdout) printer.document(reply);
      else printReply(printer, reply);
      finish(reply.invocation.outcome === 'ok' ? exitCodes.ok : exitCodes.functionFailed);
    });
}

/** An event that was typed, in whatever form, wins over one from the environment. */
function typedOver(command: Command, dash: string | undefined, options: InvokeOptions): InvokeOptions {
  const typed = (['event', 'file'] as const).filter((option) => command.getOptionValueSource(option) === 'cli');
  if (dash === undefined && typed.length === 0) return options;
  return Object.fromEntries(typed.map((option) => [option, options[option]]));
}

async function readEvent(world: World, dash: string | undefined, options: InvokeOptions): Promise<unknown> {
  if (dash !== undefined && dash !== '-') {
    throw new UsageError(`${dash} is not understood: give the event with -e JSON, -f FILE, or - for standard input.`);
  }
  const sources = [dash, options.event, options.file].filter((source) => source !== undefined);
  if (sources.length > 1) throw new UsageError('Give the event once: with -e, with -f, or with -.');
  if (options.event !== undefined) return parseJson(options.event, '-e');
  const file = options.file ?? dash;
  return file === undefined ? {} : readJson(world, file);
}
