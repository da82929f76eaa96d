import type { Command } from 'commander';
import { addListSchedules, addShowSchedule } from './schedules-look.ts';
import { addSetSchedule } from './schedules-set.ts';
import { clientFor, examples, printerFor, type CommandContext } from '../command-line.ts';
import { exitCodes } from '../exit-code.ts';
import { removeEach } from '../remove-each.ts';

/** `sraas schedules …`: functions that are run at set times. */
export function addSchedules(program: Command, context: CommandContext): void {
  const schedules = program.command('schedules').description('Has functions run at set times, without anybody asking.');
  addSetSchedule(schedules, context);
  addListSchedules(schedules, context);
  addShowSchedule(schedules, context);
  addSwitch(schedules, context, false);
  addSwitch(schedules, context, true);
  addRemove(schedules, context);
}

function addSwitch(schedules: Command, { world, finish }: CommandContext, enabled: boolean): void {
  const name = enabled ? 'resume' : 'pause';
  schedules
    .command(name)
    .argument('<function>', 'function')
    .argument('<schedule>', 'schedule')
    .description(
      enabled
        ? 'Switches a schedule on again. Times that passed while it was off are not made up for.'
        : 'Switches a schedule off. It keeps its place, and what it has begun goes on.',
    )
    .addHelpText('after', examples(`sraas schedules ${name} report nightly`))
    .action(async (functionName: string, scheduleName: string, _options: object, command: Command) => {
      const printer = printerFor(command, world);
      const schedule = await clientFor(command, world).schedules.setEnabled(functionName, scheduleName, enabled);
      if (printer.json) printer.document(schedule);
      else
        printer.line(`${scheduleName} of ${functionName} ${enabled ? `next at ${schedule.next_at ?? ''}` : 'paused'}`);
      finish(exitCodes.ok);
    });
}

function addRemove(schedules: Command, { world, finish }: CommandContext): void {
  schedules
    .command('rm')
    .argument('<function>', 'function')
    .argument('<schedule...>', 'schedules to remove')
    .description('Removes schedules of a function, each for itself. What they have begun goes on.')
    .addHelpText('after', examples('sraas schedules rm report nightly'))
    .action(async (functionName: string, names: readonly string[], _options: object, command: Command) => {
      const client = clientFor(command, world);
      const remove = (name: string): Promise<void> => client.schedules.remove(functionName, name);
      finish(await removeEach(names, printerFor(command, world), remove));
    });
}
