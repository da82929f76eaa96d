import type { Command } from 'commander';
import { addCreateRuntime } from './runtimes-create.ts';
import { addCancelBuild, addListRuntimes, addRemoveRuntimes, addRuntimeLogs, addShowRuntime } from './runtimes-look.ts';
import type { CommandContext } from '../command-line.ts';

/** `sraas runtimes …`: what functions can run on, and how to make more of it. */
export function addRuntimes(program: Command, context: CommandContext): void {
  const runtimes = program.command('runtimes').description('Lists, makes and removes what functions run on.');
  addListRuntimes(runtimes, context);
  addShowRuntime(runtimes, context);
  addCreateRuntime(runtimes, context);
  addRuntimeLogs(runtimes, context);
  addCancelBuild(runtimes, context);
  addRemoveRuntimes(runtimes, context);
}
