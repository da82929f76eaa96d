import type { Command } from 'commander';
import type { AliasDocument } from '../../wire/alias.ts';
import type { VersionDocument } from '../../wire/function.ts';
import { clientFor, examples, printerFor, type CommandContext } from '../command-line.ts';
import { exitCodes } from '../exit-code.ts';
import { bytesText } from '../terminal/amounts.ts';
import { table } from '../terminal/table.ts';

/** `sraas versions NAME`: all versions of a function, and which aliases lead to them. */
export function addVersions(program: Command, { world, finish }: CommandContext): void {
  program
    .command('versions')
    .argument('<name>', 'function')
    .description('Lists the versions of a function, newest first, with the aliases that lead to them.')
    .addHelpText('after', examples('sraas versions hello', 'sraas versions hello --json'))
    .action(async (name: string, _options: object, command: Command) => {
      const printer = printerFor(command, world);
      const client = clientFor(command, world);
      const versions: VersionDocument[] = [];
      for await (const version of client.versions.list(name)) versions.push(version);
      if (printer.json) printer.document(versions);
      else {
        const aliases = await client.aliases.list(name);
        const rows = versions.map((version) => row(version, aliases));
        printer.block(table(['VERSION', 'CREATED', 'RUNTIME', 'HANDLER', 'SIZE', 'CODE', 'ALIASES'], rows));
      }
      finish(exitCodes.ok);
    });
}

function row(document: VersionDocument, aliases: readonly AliasDocument[]): readonly string[] {
  const { version, created_at: createdAt, runtime, handler, code } = document;
  const leading = aliases.flatMap((alias) => shareText(alias, version) ?? []);
  const short = code.sha256.slice(0, 12);
  return [String(version), createdAt, runtime, handler ?? '', bytesText(code.bytes), short, leading.join(', ')];
}

/** `live`, or `live 10%` where it is one of two; undefined where the alias does not lead to the version. */
function shareText({ alias, version: main, ...rest }: AliasDocument, version: number): string | undefined {
  const { other_version: other, other_percent: percent } = rest;
  if (other === undefined || percent === undefined) return main === version ? alias : undefined;
  if (main === version) return `${alias} ${100 - percent}%`;
  return other === version ? `${alias} ${percent}%` : undefined;
}
