import { Command } from 'commander';
import type { Adapters } from './adapters.ts';
import { productionAdapters } from './adapters.ts';
import type { CommandContext } from './command-line.ts';
import { examples } from './command-line.ts';
import { addAlias } from './commands/alias.ts';
import { addCancel } from './commands/cancel.ts';
import { addDb } from './commands/db.ts';
import { addConfig } from './commands/config.ts';
import { addDeadLetters } from './commands/dead-letters.ts';
import { addDeploy } from './commands/deploy.ts';
import { addDiff } from './commands/diff.ts';
import { addDoctor } from './commands/doctor.ts';
import { addHistory } from './commands/history.ts';
import { addImages } from './commands/images.ts';
import { addInvocation } from './commands/invocation.ts';
import { addInvoke } from './commands/invoke.ts';
import { addLanguages } from './commands/languages.ts';
import { addList } from './commands/list.ts';
import { addLogs } from './commands/logs.ts';
import { addPs } from './commands/ps.ts';
import { addRemove } from './commands/remove.ts';
import { addReplay } from './commands/replay.ts';
import { addRollback } from './commands/rollback.ts';
import { addRun } from './commands/run.ts';
import { addRuntimes } from './commands/runtimes.ts';
import { addSchedules } from './commands/schedules.ts';
import { addSecrets } from './commands/secrets.ts';
import { addServe } from './commands/serve.ts';
import { addShow } from './commands/show.ts';
import { addVersions } from './commands/versions.ts';
import { applyEnvironment, EnvironmentOption } from './environment-option.ts';
import { exitCodes, type ExitCode } from './exit-code.ts';
import { productVersion } from '../installation.ts';
import { reportDocument, reportError, reportText } from './report-error.ts';
import { Printer } from './terminal/printer.ts';
import type { World } from './world.ts';
import { CommanderError } from 'commander';

/**
 * Runs one command line, without `node` and the program's name, and says how the process should end. Never rejects:
 * every failure is printed and becomes an exit code.
 */
export async function runCli(
  commandLine: readonly string[],
  world: World,
  adapters: Adapters = productionAdapters,
): Promise<ExitCode> {
  let exitCode: ExitCode = exitCodes.ok;
  const program = buildProgram({
    world,
    adapters,
    finish(code) {
      exitCode = code;
    },
  });
  try {
    await program.parseAsync(commandLine, { from: 'user' });
    return exitCode;
  } catch (error) {
    const report = reportError(error);
    // Commander has printed its own errors already, with the nearest name and a hint at the help.
    if (error instanceof CommanderError) return report.exitCode;
    const json = program.opts<{ json?: boolean }>().json ?? false;
    if (json) world.stderr.write(`${JSON.stringify(reportDocument(report))}\n`);
    else new Printer(world, false).note(reportText(report));
    return report.exitCode;
  }
}

function buildProgram(context: CommandContext): Command {
  const { world } = context;
  const program = new Command('sraas')
    .description('Runs handler modules, handler(event, context), in hardened containers on your own machine.')
    .version(productVersion(world.installDirectory))
    .addOption(new EnvironmentOption('--url <url>', 'address of the server').default('http://127.0.0.1:8080'))
    .addOption(new EnvironmentOption('--json', 'print results and errors as JSON, for machines'))
    .addHelpText(
      'after',
      examples('sraas serve', 'sraas deploy examples/hello', `sraas invoke hello -e '{"a":4,"b":1}'`),
    )
    .addHelpText('after', '\nExit codes: 0 ok, 1 the function failed, 2 wrong usage, 3 the platform failed')
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: (text) => world.stdout.write(text),
      writeErr: (text) => world.stderr.write(text),
      getOutHelpWidth: () => world.stdout.columns ?? 100,
      getErrHelpWidth: () => world.stderr.columns ?? 100,
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
    .showHelpAfterError('Add --help to see what is possible.')
    .exitOverride()
    .hook('preAction', (_program, command) => {
      applyEnvironment(command, world.environment);
    });
  addServe(program, context);
  addDeploy(program, context);
  addInvoke(program, context);
  addRun(program, context);
  addList(program, context);
  addShow(program, context);
  addConfig(program, context);
  addVersions(program, context);
  addDiff(program, context);
  addRollback(program, context);
  addAlias(program, context);
  addRemove(program, context);
  addLogs(program, context);
  addPs(program, context);
  addCancel(program, context);
  addHistory(program, context);
  addInvocation(program, context);
  addReplay(program, context);
  addDeadLetters(program, context);
  addRuntimes(program, context);
  addLanguages(program, context);
  addImages(program, context);
  addDb(program, context);
  addSchedules(program, context);
  addSecrets(program, context);
  addDoctor(program, context);
  return program;
}
