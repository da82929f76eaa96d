import { SraasError } from '../errors.ts';
import { readLanguages } from './format/read-languages.ts';
import type { LanguageTable } from './language-table.ts';
import type { KeptText } from './sources/kept-text.ts';
import type { LanguageSource, SourceText } from './sources/language-source.ts';

interface OperatorLanguagesParts {
  readonly source: LanguageSource;
  readonly table: Pick<LanguageTable, 'replace'>;
  /** Where the last text that could be used is kept; left out for a source that is always there. */
  readonly kept?: Pick<KeptText, 'keep' | 'recall'>;
  /** Told when others are in force. */
  readonly onLoaded: (languages: number, notes: readonly string[]) => void;
  readonly onFailure: (message: string, error: unknown) => void;
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
    const { source, kept, onFailure } = this.#parts;
    const read = await source.read(signal);
    if (read !== undefined) {
      this.#use(read);
      await kept?.keep(read).catch((error: unknown) => {
        onFailure('The languages could not be kept for a start without their address', error);
      });
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
      if (failure !== this.#lastFailure) this.#parts.onFailure(messageOf(error), error);
      this.#lastFailure = failure;
    }
  }

  /** Takes what the source said before this server started. Never rejects. */
  async recall(): Promise<void> {
    const { kept, onFailure } = this.#parts;
    try {
      const text = await kept?.recall();
      if (text !== undefined) this.#use(text);
    } catch (error) {
      onFailure('The languages that were kept for a start without their address cannot be used', error);
    }
  }

  #use({ text, format }: SourceText): void {
    const { source, table, onLoaded } = this.#parts;
    const { languages, removed, notes } = readLanguages(text, format, `the languages of ${source.name}`);
    table.replace(languages, removed);
    onLoaded(languages.length, notes);
  }
}

function messageOf(error: unknown): string {
  return `${error instanceof SraasError ? error.message : 'The languages cannot be read.'} They stay as they are.`;
}
