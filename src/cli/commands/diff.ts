import type { Command } from 'commander';
import type { CodeDocument } from '../../wire/function.ts';
import type { VersionDifferenceDocument } from '../../wire/version-difference.ts';
import { clientFor, examples, printerFor, type CommandContext } from '../command-line.ts';
import { exitCodes } from '../exit-code.ts';
import { bytesText } from '../terminal/amounts.ts';
import { safeLine } from '../terminal/safe-text.ts';

/** `sraas diff NAME A B`: how version B differs from version A. */
export function addDiff(program: Command, { world, finish }: CommandContext): void {
  program
    .command('diff')
    .argument('<name>', 'function')
    .argument('<from>', 'number of a version')
    .argument('<to>', 'number of another one')
    .description('Tells how one version of a function differs from another: configuration and code.')
    .addHelpText('after', examples('sraas diff hello 2 3', 'sraas diff hello 2 3 --json'))
    .action(async (name: string, from: string, to: string, _options: object, command: Command) => {
      const printer = printerFor(command, world);
      const difference = await clientFor(command, world).versions.difference(name, from, to);
      if (printer.json) printer.document(difference);
      else for (const line of lines(difference)) printer.line(line);
      finish(exitCodes.ok);
    });
}

function lines({ code, config }: VersionDifferenceDocument): readonly string[] {
  const codeLine = code.same ? 'same code' : `other code: ${codeText(code.from)} → ${codeText(code.to)}`;
  if (config.length === 0) return [codeLine, 'same configuration'];
  return [
    codeLine,
    ...config.map((change) => {
      // A value may hold anything, so it is shown as JSON.
      const [from, to] = [JSON.stringify(change.from), JSON.stringify(change.to)] as (string | undefined)[];
      const sign = from === undefined ? '+' : to === undefined ? '-' : '~';
      const values = [from, to].filter((value) => value !== undefined).join(' → ');
      return safeLine(`${sign} ${change.pointer}  ${values}`);
    }),
  ];
}

function codeText({ sha256, bytes }: CodeDocument): string {
  return `${sha256.slice(0, 12)} (${bytesText(bytes)})`;
}
