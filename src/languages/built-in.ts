import document from './built-in-languages.json' with { type: 'json' };
import { readLanguages } from './format/read-languages.ts';
import type { Language } from './language.ts';

/** The languages of every server, in the format that an operator's file has. */
export const builtInLanguages: readonly Language[] = readLanguages(
  JSON.stringify(document),
  'json',
  'the built-in languages',
).languages;
