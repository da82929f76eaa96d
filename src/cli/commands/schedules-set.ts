import { Option, type Command } from 'commander';
import type { ScheduleDefinitionDocument } from '../../wire/schedule.ts';
import { clientFor, examples, printerFor, type CommandContext } from '../command-line.ts';
import { exitCodes } from '../exit-code.ts';
import { asObject, parseJson, readJson } from '../json-input.ts';
import { UsageError } from '../usage-error.ts';

interface SetOptions {
  readonly cron: string;
  readonly timezone?: string;
  readonly event?: string;
  readonly file?: string;
  readonly context?: string;
  readonly qualifier?: string;
  readonly overlap?: 'skip' | 'allow';
  readonly paused?: boolean;
}

const help = examples(
  `sraas schedules set report nightly --cron '30 2 * * *' --timezone Europe/Berlin`,
  `sraas schedules set poll often --cron '*/5 * * * *' --qualifier live -e '{"source":"a"}'`,
);

/** `sraas schedules set FUNCTION SCHEDULE`: makes a schedule, or another in its place. */
export function addSetSchedule(schedules: Command, { world, finish }: CommandContext): void {
  // None of these is read from the environment: a schedule should say what was typed, and no more.
  schedules
    .command('set')
    .argument('<function>', 'function to run')
    .argument('<schedule>', 'the name of the schedule')
    .description('Has a function run at set times. What is not given is back at its default.')
    .requiredOption('--cron <expression>', 'minute, hour, day, month, weekday; with a field for seconds before, six')
    .option('--timezone <name>', 'whose clock it is by; without it UTC')
    .option('-e, --event <json>', 'the event of each run; without it {}')
    .option('-f, --file <file>', 'file with the event, - for standard input')
    .option('--context <json>', 'object with members for the handler’s context')
    .option('--qualifier <alias or version>', 'what to run; without it the newest version of the moment')
    .addOption(new Option('--overlap <what>', 'when the run before has not ended').choices(['skip', 'allow']))
    .option('--paused', 'makes it without switching it on')
    .addHelpText('after', help)
    .action(async (functionName: string, scheduleName: string, options: SetOptions, command: Command) => {
      const printer = printerFor(command, world);
      const client = clientFor(command, world);
      if (options.event !== undefined && options.file !== undefined) {
        throw new UsageError('Give the event once: with -e or with -f.');
      }
      const { cron, timezone, qualifier, overlap, file } = options;
      const event =
        file === undefined
          ? options.event === undefined
            ? undefined
            : parseJson(options.event, '-e')
          : await readJson(world, file);
      const definition: ScheduleDefinitionDocument = {
        cron,
        ...(timezone === undefined ? {} : { timezone }),
        ...(event === undefined ? {} : { event }),
        ...(options.context === undefined
          ? {}
          : { context: asObject(parseJson(options.context, '--context'), '--context') }),
        ...(qualifier === undefined ? {} : { qualifier }),
        ...(overlap === undefined ? {} : { overlap }),
        ...(options.paused === true ? { enabled: false } : {}),
      };
      const reply = await client.schedules.set(functionName, scheduleName, definition);
      if (printer.json) printer.document(reply);
      else {
        const next = reply.next_at === null ? 'paused' : `next at ${reply.next_at}`;
        printer.line(`${scheduleName} of ${functionName} ${reply.outcome}, ${next}`);
      }
      finish(exitCodes.ok);
    });
}
