import type { Language } from '../language.ts';

/** What a document says of languages. */
export interface LanguageSet {
  readonly languages: readonly Language[];
  /** Names of built-in languages that there are to be no more. */
  readonly removed: readonly string[];
  /** Sentences about what is in the document and does nothing. */
  readonly notes: readonly string[];
}
