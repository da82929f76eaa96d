import type { Language, Languages } from '../../languages/language.ts';

/** A language in ranna's terms. What is left out has ranna's own default. */
interface Spec {
  /** The image that it was named with; else the name of its runtime here. */
  readonly image?: string;
  readonly entrypoint?: string;
  readonly cmd?: string;
  readonly filename?: string;
  readonly use?: string;
  readonly language?: string;
  readonly example?: string;
  readonly inline?: { readonly import_regex: string; readonly template: string };
}

/** The document of `/v1/spec`: every name in their order, aliases among them with what they lead to. */
export function specsOf(languages: Pick<Languages, 'list'>): Readonly<Record<string, Spec>> {
  const specs = new Map<string, Spec>();
  for (const language of languages.list()) {
    specs.set(language.name, specOf(language));
    for (const alias of language.aliases) specs.set(alias, { use: language.name });
  }
  return Object.fromEntries([...specs].sort(([one], [other]) => (one < other ? -1 : 1)));
}

function specOf({ runtime, image = runtime, fileName, command, highlighting, example, inline }: Language): Spec {
  return {
    image,
    ...commandOf(command, fileName),
    filename: fileName,
    ...(highlighting === '' ? {} : { language: highlighting }),
    ...(example === '' ? {} : { example }),
    ...(inline === undefined
      ? {}
      : { inline: { import_regex: inline.imports?.source ?? '', template: inline.template } }),
  };
}

/** The program is the entry point; its arguments are the cmd, which need not be said when it is the file alone. */
function commandOf(command: readonly string[], fileName: string): Pick<Spec, 'entrypoint' | 'cmd'> {
  if (command.length === 0) return {};
  if (command.at(-1) === fileName) return { entrypoint: words(command.slice(0, -1)) };
  return { entrypoint: words(command.slice(0, 1)), cmd: words(command.slice(1)) };
}

/** Words as ranna splits them again: at blanks, but for those in double quotes. */
function words(command: readonly string[]): string {
  return command.map((word) => (word === '' || /\s/.test(word) ? `"${word}"` : word)).join(' ');
}
