import type { Language } from '../languages/language.ts';
import type { LanguageDocument } from '../wire/language.ts';

/** A language as clients see it: what it has not is null. */
export function languageToWire(language: Language, runtimeState: LanguageDocument['runtime_state']): LanguageDocument {
  const { inline } = language;
  return {
    name: language.name,
    aliases: language.aliases,
    runtime: language.runtime,
    runtime_state: runtimeState,
    image: language.image ?? null,
    file: language.fileName,
    compile: language.compile ?? null,
    command: language.command,
    writable: language.isCopied,
    example: language.example,
    highlighting: language.highlighting,
    inline: inline === undefined ? null : { template: inline.template, imports: inline.imports?.source ?? null },
  };
}
