import type { TextFormat } from '../format/parse-text.ts';

/** Where an operator keeps languages. */
export interface LanguageSource {
  /** As the operator named it. */
  readonly name: string;
  /**
   * Reads it; undefined when it is what it was the last time it was read.
   * @throws SraasError `INVALID_CONFIG` with a sentence, when it cannot be read now.
   */
  read(signal: AbortSignal): Promise<SourceText | undefined>;
}

export interface SourceText {
  readonly text: string;
  readonly format: TextFormat;
}

/** More than thousands of languages take. */
export const maxSourceBytes = 1_000_000;

/** The format that a path's ending names. */
export function formatOfPath(path: string): TextFormat | undefined {
  if (/\.json$/i.test(path)) return 'json';
  return /\.ya?ml$/i.test(path) ? 'yaml' : undefined;
}
