import { readFile, stat } from 'node:fs/promises';
import { SraasError } from '../../errors.ts';
import { formatOfPath, maxSourceBytes, type LanguageSource, type SourceText } from './language-source.ts';

/** A file of languages. That it has changed is told by its size and its times. */
export class FileSource implements LanguageSource {
  readonly name: string;
  #seen = '';

  constructor(path: string) {
    this.name = path;
  }

  async read(): Promise<SourceText | undefined> {
    const format = formatOfPath(this.name);
    if (format === undefined) {
      throw new SraasError('INVALID_CONFIG', `The name of ${this.name} must end in .json, .yaml or .yml.`);
    }
    try {
      return await this.#readIfChanged(format);
    } catch (error) {
      if (error instanceof SraasError) throw error;
      const reason = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
      const sentence = `The languages in ${this.name} cannot be read (${reason}): correct the path, or the file's rights.`;
      throw new SraasError('INVALID_CONFIG', sentence, { cause: error });
    }
  }

  async #readIfChanged(format: SourceText['format']): Promise<SourceText | undefined> {
    const { size, mtimeMs, ctimeMs, ino } = await stat(this.name);
    const state = [size, mtimeMs, ctimeMs, ino].join(' ');
    if (state === this.#seen) return undefined;
    if (size > maxSourceBytes) {
      throw new SraasError(
        'INVALID_CONFIG',
        `${this.name} has ${size} bytes; languages take ${maxSourceBytes} at most.`,
      );
    }
    const text = await readFile(this.name, 'utf8');
    this.#seen = state;
    return { text, format };
  }
}
