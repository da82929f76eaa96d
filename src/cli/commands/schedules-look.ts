import type { Command } from 'commander';
import type { ScheduleDocument, ScheduleSummary } from '../../wire/schedule.ts';
import { clientFor, examples, printerFor, type CommandContext } from '../command-line.ts';
import { exitCodes } from '../exit-code.ts';
import { factLines, type Fact } from '../terminal/facts.ts';
import { printList } from '../terminal/print-list.ts';

/** `sraas schedules list FUNCTION`: the schedules of a function. */
export function addListSchedules(schedules: Command, { world, finish }: CommandContext): void {
  schedules
    .command('list')
    .argument('<function>', 'function')
    .description('Lists the schedules of a function by name.')
    .addHelpText('after', examples('sraas schedules list report', 'sraas schedules list report --json'))
    .action(async (functionName: string, _options: object, command: Command) => {
      const printer = printerFor(command, world);
      await printList(printer, await clientFor(command, world).schedules.list(functionName), {
        headings: ['NAME', 'CRON', 'TIMEZONE', 'NEXT', 'LAST'],
        row,
        none: `${functionName} has no schedules; make one: sraas schedules set --help`,
      });
      finish(exitCodes.ok);
    });
}

/** `sraas schedules show FUNCTION SCHEDULE`: one of them. */
export function addShowSchedule(schedules: Command, { world, finish }: CommandContext): void {
  schedules
    .command('show')
    .argument('<function>', 'function')
    .argument('<schedule>', 'schedule')
    .description('Shows a schedule: its times, its event, and how it went last.')
    .addHelpText('after', examples('sraas schedules show report nightly'))
    .action(async (functionName: string, scheduleName: string, _options: object, command: Command) => {
      const printer = printerFor(command, world);
      const schedule = await clientFor(command, world).schedules.show(functionName, scheduleName);
      if (printer.json) printer.document(schedule);
      else printer.block(factLines(factsOf(schedule)));
      finish(exitCodes.ok);
    });
}

function row({ schedule, cron, timezone, next_at: next, last_at: last }: ScheduleSummary): readonly string[] {
  return [schedule, cron, timezone, next ?? 'paused', last ?? ''];
}

function factsOf(schedule: ScheduleDocument): readonly Fact[] {
  return [
    ['function', schedule.function],
    ['schedule', schedule.schedule],
    ['cron', schedule.cron],
    ['timezone', schedule.timezone],
    ['runs', schedule.qualifier ?? 'the newest version'],
    ['overlap', schedule.overlap],
    ['event', JSON.stringify(schedule.event)],
    ['context', JSON.stringify(schedule.context)],
    ['next', schedule.next_at ?? 'paused'],
    ['last', schedule.last_at ?? ''],
    ['invocation', schedule.last_invocation_id ?? ''],
    ['skipped', schedule.skipped === 0 ? '' : String(schedule.skipped)],
    ['problem', schedule.problem ?? ''],
    ['created', schedule.created_at],
    ['updated', schedule.updated_at],
  ];
}
