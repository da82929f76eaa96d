import { readLanguages } from './format/read-languages.ts';
import type { LanguageTable } from './language-table.ts';
import type { LanguageSource } from './sources/language-source.ts';

interface OperatorLanguagesParts {
  readonly source: LanguageSource;
  readonly table: Pick<LanguageTable, 'replace'>;
  /** Told when others are in force. */
  readonly onLoaded: (languages: number, notes: readonly string[]) => void;
  readonly onFailure: (error: unknown) => void;
}

/** Keeps a table at what its operator's source says. A source that cannot be used changes nothing. */
export class OperatorLanguages {
  readonly #parts: OperatorLanguagesParts;
  #lastFailure = '';

  constructor(parts: OperatorLanguagesParts) {
    this.#parts = parts;
  }

  /** @throws SraasError `INVALID_CONFIG` with all that is wrong; then everything stays as it was. */
  async load(signal: AbortSignal): Promise<void> {
    const { source, table, onLoaded } = this.#parts;
    const read = await source.read(signal);
    if (read !== undefined) {
      const { languages, removed, notes } = readLanguages(read.text, read.format, `the languages of ${source.name}`);
      table.replace(languages, removed);
      onLoaded(languages.length, notes);
    }
    this.#lastFailure = '';
  }

  /** The same, where nobody waits for it: a failure is told once, until there is another or none. */
  async look(signal: AbortSignal): Promise<void> {
    try {
      await this.load(signal);
    } catch (error) {
      if (signal.aborted) return;
      const failure = String(error);
      if (failure !== this.#lastFailure) this.#parts.onFailure(error);
      this.#lastFailure = failure;
    }
  }
}
