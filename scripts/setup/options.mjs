import { parseArgs } from 'node:util';
import { SetupError } from './setup-error.mjs';

/**
 * Reads a script's switches. Prints the help and returns undefined when it was asked for.
 * @param switches name → what it does; all are off unless given.
 */
export function readSwitches({ usage, summary, switches = {} }) {
  const options = Object.fromEntries(['help', ...Object.keys(switches)].map((name) => [name, { type: 'boolean' }]));
  let values;
  try {
    ({ values } = parseArgs({ options, strict: true }));
  } catch (error) {
    throw new SetupError(`${error.message}\nUsage: ${usage}`, 2);
  }
  if (!values.help) return values;
  const lines = Object.entries({ ...switches, help: 'Shows this' }).map(
    ([name, does]) => `  --${name.padEnd(18)} ${does}`,
  );
  console.log([`Usage: ${usage}`, '', summary, '', ...lines].join('\n'));
  return undefined;
}
