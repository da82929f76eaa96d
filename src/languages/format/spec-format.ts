import { isObject } from '../../documents/json-object.ts';
import { pointerTo } from '../../documents/json-pointer.ts';
import type { Violation } from '../../errors.ts';
import type { Language } from '../language.ts';
import { runtimeOfImage } from '../runtime-of-image.ts';
import { inlineTemplate } from './inline-template.ts';
import type { LanguageSet } from './language-set.ts';
import { Members } from './members.ts';
import { fileName, imageName } from './names.ts';
import { wordsOf } from './words.ts';

/**
 * The spec file of ranna: a map of names to images, or by `use` to another name. Members that it does not know are left alone, as
 * ranna does.
 */
export function readSpec(document: Readonly<Record<string, unknown>>, violations: Violation[]): LanguageSet {
  const entries = Object.entries(document).flatMap(([name, entry]) => {
    if (isObject(entry)) return [{ name, members: new Members(entry, pointerTo(name), violations) }];
    if (entry !== null) violations.push({ pointer: pointerTo(name), message: 'must be an object' });
    return [];
  });
  const uses = entries.flatMap(({ name, members }) => {
    const use = members.text('use');
    return use === undefined ? [] : [{ name, use }];
  });
  const aliasNames = new Set(uses.map(({ name }) => name));
  const languages = entries
    .filter(({ name }) => !aliasNames.has(name))
    .map(({ name, members }) => {
      const aliases = uses.filter(({ use }) => use === name);
      return readEntry(
        name,
        members,
        aliases.map((alias) => alias.name),
      );
    });
  const names = new Set(languages.map(({ name }) => name));
  const notes = uses
    .filter(({ use }) => !names.has(use))
    .map(({ name, use }) => `${name} leads to ${use}, which ${aliasNames.has(use) ? 'leads on' : 'is not there'}.`);
  return { languages, removed: [], notes };
}

function readEntry(name: string, members: Members, aliases: readonly string[]): Language {
  const image = imageName(members, 'image');
  if (!members.has('image')) members.refuse('image', 'is required, where no use leads to another language');
  const file = fileName(members, 'filename');
  const command = commandOf(members, file);
  const inlined = members.object('inline');
  const inline = inlined && inlineTemplate(inlined, { template: 'template', imports: 'import_regex' });
  return {
    name,
    aliases,
    runtime: runtimeOfImage(image ?? ''),
    ...(image === undefined ? {} : { image }),
    fileName: file,
    command,
    // There it works in a folder that it may write to.
    isCopied: command.length > 0,
    example: members.text('example') ?? '',
    highlighting: members.text('language') ?? name,
    ...(inline === undefined ? {} : { inline }),
  };
}

/** Empty where the image's own entry point is to run. With a `cmd` alone, which may be any program, that is what runs. */
function commandOf(members: Members, file: string): readonly string[] {
  const entrypoint = words(members, 'entrypoint');
  const cmd = words(members, 'cmd');
  return entrypoint.length === 0 ? cmd : [...entrypoint, ...(cmd.length === 0 ? [file] : cmd)];
}

function words(members: Members, member: string): readonly string[] {
  const found = wordsOf(members.text(member) ?? '');
  if (found === undefined) members.refuse(member, 'has a double quote that is not closed');
  return found ?? [];
}
