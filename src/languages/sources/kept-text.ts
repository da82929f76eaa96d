import { readFile, rename, writeFile } from 'node:fs/promises';
import { isObject } from '../../documents/json-object.ts';
import { isErrno } from '../../errno.ts';
import type { SourceText } from './language-source.ts';

/** What an address said the last time that it could be used, in a file of the server's: for a start while it does not answer. */
export class KeptText {
  readonly #path: string;
  readonly #source: string;

  /** @param source names the address; what another one said is no use. */
  constructor(path: string, source: string) {
    this.#path = path;
    this.#source = source;
  }

  /** Replaces it as a whole: a crash leaves the one before. Rejects with the error of the system. */
  async keep({ text, format }: SourceText): Promise<void> {
    const next = `${this.#path}.next`;
    await writeFile(next, JSON.stringify({ source: this.#source, format, text }), { mode: 0o600 });
    await rename(next, this.#path);
  }

  /** Undefined when there is none of this address, or none that can be read. */
  async recall(): Promise<SourceText | undefined> {
    const document = await this.#read();
    if (!isObject(document) || document['source'] !== this.#source) return undefined;
    const { text, format } = document;
    return typeof text === 'string' && (format === 'json' || format === 'yaml') ? { text, format } : undefined;
  }

  async #read(): Promise<unknown> {
    try {
      return JSON.parse(await readFile(this.#path, 'utf8')) as unknown;
    } catch (error) {
      if (error instanceof SyntaxError || isErrno(error, 'ENOENT')) return undefined;
      throw error;
    }
  }
}
