import { InvalidArgumentError, type Command } from 'commander';
import { clientFor, examples, printerFor, type CommandContext } from '../command-line.ts';
import { configDocument, type ConfigFlags } from '../config-document.ts';
import { addConfigOptions } from '../config-options.ts';
import { EnvironmentOption } from '../environment-option.ts';
import { exitCodes } from '../exit-code.ts';
import { conditionOf, ifMatchOption } from '../if-match-option.ts';
import { asObject, parseJson } from '../json-input.ts';
import { UsageError } from '../usage-error.ts';

type Document = Readonly<Record<string, unknown>>;

interface ConfigOptions extends ConfigFlags {
  readonly unset?: readonly string[];
  readonly patch?: string;
  readonly ifMatch?: string;
}

const help = examples(
  'sraas config hello --memory-mb 512 --env LEVEL=debug',
  'sraas config hello --unset env.LEVEL --unset limits.memory_mb',
  `sraas config hello --patch '{"history":"all"}'`,
);

/** `sraas config NAME`: changes a function's configuration without sending its code again. */
export function addConfig(program: Command, { world, finish }: CommandContext): void {
  const command = program
    .command('config')
    .argument('<name>', 'function')
    .description("Changes a function's configuration: publishes a version with the same code.")
    .addOption(new EnvironmentOption('--runtime <runtime>', 'another one of the same language'))
    .addOption(new EnvironmentOption('--handler <file.export>', 'looked for in the code that is there'));
  addConfigOptions(command)
    .addOption(
      new EnvironmentOption('--unset <member>', 'back to its default, or gone: env.LEVEL; repeatable').argParser(
        collect,
      ),
    )
    .addOption(new EnvironmentOption('--patch <json>', 'object with any members to change, null for their defaults'))
    .addOption(ifMatchOption())
    .addHelpText('after', help)
    .action(async (name: string, options: ConfigOptions, self: Command) => {
      const printer = printerFor(self, world);
      const patch = patchOf(options);
      if (Object.keys(patch).length === 0) {
        throw new UsageError(
          'Say what is to change, for example --memory-mb 512; sraas show NAME tells what is there.',
        );
      }
      const document = await clientFor(self, world).versions.patch(name, patch, conditionOf(options));
      if (printer.json) printer.document(document);
      else printer.line(`${document.name} version ${document.version} ${document.outcome}`);
      finish(exitCodes.ok);
    });
}

/** The flags as a JSON merge patch, laid over the one that was typed. */
function patchOf(options: ConfigOptions): Document {
  const typed = options.patch === undefined ? {} : asObject(parseJson(options.patch, '--patch'), '--patch');
  const { runtime, handler } = options;
  const entry = { ...(runtime === undefined ? {} : { runtime }), ...(handler === undefined ? {} : { handler }) };
  return (options.unset ?? []).reduce(without, configDocument(typed, options, entry));
}

/** Only the first dot parts: keys of maps may have dots themselves. */
function without(patch: Document, member: string): Document {
  const dot = member.indexOf('.');
  if (dot === -1) return { ...patch, [member]: null };
  const outer = member.slice(0, dot);
  const inside = patch[outer];
  const base = typeof inside === 'object' && inside !== null ? inside : {};
  return { ...patch, [outer]: { ...base, [member.slice(dot + 1)]: null } };
}

function collect(text: string, previous: readonly string[] = []): readonly string[] {
  const members = text.split(/[\s,]+/).filter((member) => member !== '');
  if (members.length === 0) throw new InvalidArgumentError('It must name a member, like env.LEVEL.');
  return [...previous, ...members];
}
