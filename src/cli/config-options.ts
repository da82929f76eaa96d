import type { Command } from 'commander';
import { collectPairs, EnvironmentOption, parseNumber } from './environment-option.ts';

/** The flags for a function's configuration but its runtime and handler, which not every command takes in the same way. */
export function addConfigOptions(command: Command): Command {
  return command
    .addOption(new EnvironmentOption('--env <KEY=VALUE>', 'environment variable, repeatable').argParser(collectPairs))
    .addOption(
      new EnvironmentOption(
        '--secret <KEY=SECRET>',
        'environment variable with the value of a secret, repeatable',
      ).argParser(collectPairs),
    )
    .addOption(new EnvironmentOption('--memory-mb <MiB>', 'memory, /tmp included').argParser(parseNumber))
    .addOption(new EnvironmentOption('--timeout-ms <ms>', 'wall clock of one invocation').argParser(parseNumber))
    .addOption(new EnvironmentOption('--cpus <cores>', 'processor cores, fractions allowed').argParser(parseNumber))
    .addOption(new EnvironmentOption('--pids <count>', 'processes and threads').argParser(parseNumber))
    .addOption(new EnvironmentOption('--tmp-mb <MiB>', 'size of /tmp').argParser(parseNumber))
    .addOption(new EnvironmentOption('--isolation <kind>', 'reuse of sandboxes').choices(['warm', 'fresh']))
    .addOption(
      new EnvironmentOption('--history <which>', 'calls whose event and result are kept').choices([
        'none',
        'failures',
        'all',
      ]),
    )
    .addOption(new EnvironmentOption('--max <count>', 'most sandboxes at a time').argParser(parseNumber))
    .addOption(new EnvironmentOption('--warm-min <count>', 'sandboxes kept started').argParser(parseNumber))
    .addOption(new EnvironmentOption('--description <text>', 'what it is for'))
    .addOption(new EnvironmentOption('--label <KEY=VALUE>', 'label, repeatable').argParser(collectPairs));
}
