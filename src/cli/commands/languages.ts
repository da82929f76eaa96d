import type { Command } from 'commander';
import type { LanguageDocument } from '../../wire/language.ts';
import { clientFor, examples, printerFor, type CommandContext } from '../command-line.ts';
import { exitCodes } from '../exit-code.ts';
import { factLines, type Fact } from '../terminal/facts.ts';
import { printList } from '../terminal/print-list.ts';
import { safeText } from '../terminal/safe-text.ts';
import { UsageError } from '../usage-error.ts';

/** `sraas languages [NAME]`: what programs may be written in, or one of them with an example. */
export function addLanguages(program: Command, { world, finish }: CommandContext): void {
  program
    .command('languages')
    .argument('[name]', 'language, or another name of it')
    .description('Lists the languages that programs may be in, or shows one with an example.')
    .addHelpText('after', examples('sraas languages', 'sraas languages python', 'sraas languages --json'))
    .action(async (name: string | undefined, _options: object, command: Command) => {
      const printer = printerFor(command, world);
      const languages = await clientFor(command, world).languages();
      if (name === undefined) {
        const headings = ['NAME', 'ALSO', 'RUNTIME', 'STATE', 'INLINE'];
        await printList(printer, languages, { headings, row, none: 'no languages' });
      } else {
        const found = named(languages, name);
        if (printer.json) printer.document(found);
        else printer.block(factLines(factsOf(found)) + exampleOf(found));
      }
      finish(exitCodes.ok);
    });
}

function named(languages: readonly LanguageDocument[], name: string): LanguageDocument {
  const found = languages.find((language) => language.name === name || language.aliases.includes(name));
  if (found !== undefined) return found;
  const names = languages.map((language) => language.name).join(', ');
  throw new UsageError(`There is no language ${name}: choose one of ${names}.`);
}

function row({ name, aliases, runtime, runtime_state: state, inline }: LanguageDocument): readonly string[] {
  return [name, aliases.join(' '), runtime, state, inline === null ? '' : 'yes'];
}

function factsOf(language: LanguageDocument): readonly Fact[] {
  return [
    ['name', language.name],
    ['also', language.aliases.join(', ')],
    ['runtime', `${language.runtime} (${language.runtime_state})`],
    ['image', language.image ?? ''],
    ['file', language.file],
    ['compile', (language.compile ?? []).join(' ')],
    ['command', language.command.join(' ')],
    ['folder', language.writable ? 'a copy that it may write to' : 'read-only'],
    ['inline', language.inline === null ? '' : 'expressions are wrapped'],
  ];
}

function exampleOf({ example }: LanguageDocument): string {
  return example === '' ? '' : `\n${safeText(example.trimEnd())}\n`;
}
