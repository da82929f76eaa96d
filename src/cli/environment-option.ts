import { InvalidArgumentError, Option, type Command } from 'commander';
import { UsageError } from './usage-error.ts';

/**
 * An option that an environment variable can give as well, named after it: `--memory-mb` is SRAAS_MEMORY_MB. What is
 * typed wins. Commander's own `Option.env` reads the process's environment itself, where no test can stand in for it.
 */
export class EnvironmentOption extends Option {
  readonly variable: string;

  constructor(flags: string, description: string) {
    super(flags, description);
    this.variable = `SRAAS_${this.name().toUpperCase().replaceAll('-', '_')}`;
    this.description = `${description} (env: ${this.variable})`;
  }
}

/**
 * Fills in from the environment what was not typed, for a command and those above it. An empty variable counts as none.
 * @throws UsageError when a variable's value is not one that the option takes.
 */
export function applyEnvironment(command: Command, environment: Readonly<Record<string, string | undefined>>): void {
  for (const option of command.options) {
    if (!(option instanceof EnvironmentOption)) continue;
    const text = environment[option.variable];
    if (text === undefined || text === '' || command.getOptionValueSource(option.attributeName()) === 'cli') continue;
    command.setOptionValueWithSource(option.attributeName(), convert(option, text), 'env');
  }
  if (command.parent !== null) applyEnvironment(command.parent, environment);
}

function convert(option: EnvironmentOption, text: string): unknown {
  if (option.isBoolean()) return !['0', 'false', 'no', 'off'].includes(text.toLowerCase());
  if (option.parseArg === undefined) return text;
  try {
    return option.parseArg<unknown>(text, undefined);
  } catch (error) {
    if (!(error instanceof InvalidArgumentError)) throw error;
    throw new UsageError(`${option.variable}: ${error.message}`);
  }
}

/** Parses a number's text; its range is the server's to judge. */
export function parseNumber(text: string): number {
  if (!/^-?\d+(\.\d+)?$/.test(text)) throw new InvalidArgumentError('It must be a number.');
  return Number(text);
}

/** Collects `KEY=VALUE`, given several times, or several on lines of their own. */
export function collectPairs(
  text: string,
  previous: Readonly<Record<string, string>> | undefined,
): Readonly<Record<string, string>> {
  const pairs = text
    .split('\n')
    .filter((line) => line !== '')
    .map((line): [string, string] => {
      const at = line.indexOf('=');
      if (at < 1) throw new InvalidArgumentError('It must have the form KEY=VALUE.');
      return [line.slice(0, at), line.slice(at + 1)];
    });
  // fromEntries makes own properties of all names, `__proto__` among them; the server judges them.
  return Object.fromEntries([...Object.entries(previous ?? {}), ...pairs]);
}
