import { isObject } from '../../documents/json-object.ts';
import { pointerTo } from '../../documents/json-pointer.ts';
import type { Violation } from '../../errors.ts';
import type { Language } from '../language.ts';
import { runtimeOfImage } from '../runtime-of-image.ts';
import { inlineTemplate } from './inline-template.ts';
import type { LanguageSet } from './language-set.ts';
import { Members } from './members.ts';
import { fileName, imageName, runtimeName } from './names.ts';

const known = [
  ...['aliases', 'runtime', 'image', 'file', 'compile', 'command', 'writable', 'example', 'highlighting', 'inline'],
];

/** Our own format, docs/languages.md: `{ "languages": { "perl": { "runtime": "perl-tools", "file": "main.pl", … } } }`. */
export function isOwnFormat(document: Readonly<Record<string, unknown>>): boolean {
  const { languages } = document;
  return isObject(languages) && Object.values(languages).every((entry) => entry === null || isObject(entry));
}

export function readOwnFormat(document: Readonly<Record<string, unknown>>, violations: Violation[]): LanguageSet {
  new Members(document, '', violations).only(['languages']);
  const languages: Language[] = [];
  const removed: string[] = [];
  for (const [name, entry] of Object.entries(document['languages'] as object)) {
    if (isObject(entry)) languages.push(readLanguage(name, entry, violations));
    else removed.push(name);
  }
  return { languages, removed, notes: [] };
}

function readLanguage(name: string, entry: Readonly<Record<string, unknown>>, violations: Violation[]): Language {
  const members = new Members(entry, `/languages${pointerTo(name)}`, violations);
  members.only(known);
  const image = imageName(members, 'image');
  const compile = words(members, 'compile');
  const command = words(members, 'command') ?? [];
  const isCopied = members.flag('writable') || compile !== undefined;
  if (isCopied && !members.has('command')) members.refuse('command', 'is required where there is a copy to run it in');
  const inline = readInline(members);
  return {
    name,
    aliases: members.texts('aliases') ?? [],
    runtime: runtimeName(members, 'runtime') ?? runtimeFor(members, image),
    ...(image === undefined ? {} : { image }),
    fileName: fileName(members, 'file'),
    ...(compile === undefined ? {} : { compile }),
    command,
    isCopied,
    example: members.text('example') ?? '',
    highlighting: members.text('highlighting') ?? name,
    ...(inline === undefined ? {} : { inline }),
  };
}

function runtimeFor(members: Members, image: string | undefined): string {
  if (image !== undefined) return runtimeOfImage(image);
  if (!members.has('runtime') && !members.has('image')) {
    members.refuse('runtime', 'is required: the name of a runtime, or an image to make one of');
  }
  return '';
}

/** An argument vector: something has to be run by it. */
function words(members: Members, member: string): readonly string[] | undefined {
  const value = members.texts(member);
  if (value === undefined || (value[0] ?? '') !== '') return value;
  members.refuse(member, 'must be a list of words, the first of which names a program');
  return undefined;
}

function readInline(members: Members): Language['inline'] {
  const inline = members.object('inline');
  if (inline === undefined) return undefined;
  inline.only(['template', 'imports']);
  const template = inlineTemplate(inline, { template: 'template', imports: 'imports' });
  if (template === undefined) inline.refuse('template', 'is required, with $${CODE} where the code goes');
  return template;
}
