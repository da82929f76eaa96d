import { SraasError } from '../../errors.ts';
import type { TextFormat } from '../format/parse-text.ts';
import { formatOfPath, maxSourceBytes, type LanguageSource, type SourceText } from './language-source.ts';

const timeoutMs = 10_000;

/** Languages behind an `http:` or `https:` address of the operator's. Redirects are followed. */
export class WebSource implements LanguageSource {
  readonly name: string;
  readonly #url: URL;
  readonly #authorization: Readonly<Record<string, string>>;
  #entityTag: string | undefined;
  #lastText: string | undefined;

  constructor(url: URL) {
    // Without what may be a password in it.
    this.name = url.origin + url.pathname;
    this.#authorization = authorizationOf(url);
    this.#url = new URL(url);
    this.#url.username = '';
    this.#url.password = '';
  }

  async read(signal: AbortSignal): Promise<SourceText | undefined> {
    const response = await this.#ask(signal);
    if (response.status === 304) {
      await response.body?.cancel();
      return undefined;
    }
    if (!response.ok) {
      await response.body?.cancel();
      throw this.#failed(`it answered with status ${response.status}`);
    }
    const format = formatOfPath(this.#url.pathname) ?? formatOfType(response.headers.get('content-type') ?? '');
    const text = await this.#textOf(response);
    if (format === undefined) throw this.#failed('neither its name nor its content type says JSON or YAML');
    this.#entityTag = response.headers.get('etag') ?? undefined;
    const isNew = text !== this.#lastText;
    this.#lastText = text;
    return isNew ? { text, format } : undefined;
  }

  async #ask(signal: AbortSignal): Promise<Response> {
    const headers = {
      ...this.#authorization,
      accept: 'application/json, application/yaml, text/yaml, */*;q=0.1',
      ...(this.#entityTag === undefined ? {} : { 'if-none-match': this.#entityTag }),
    };
    try {
      return await fetch(this.#url, { headers, signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]) });
    } catch (error) {
      throw this.#failed('it did not answer', error);
    }
  }

  async #textOf(response: Response): Promise<string> {
    const decoder = new TextDecoder();
    let text = '';
    let sizeBytes = 0;
    try {
      // The types of the standard library say nothing of the pieces, which are bytes (Fetch, section 5.3).
      const pieces = (response.body ?? []) as AsyncIterable<Uint8Array>;
      for await (const piece of pieces) {
        sizeBytes += piece.byteLength;
        if (sizeBytes > maxSourceBytes) throw this.#failed(`it has more than ${maxSourceBytes} bytes`);
        text += decoder.decode(piece, { stream: true });
      }
    } catch (error) {
      throw error instanceof SraasError ? error : this.#failed('it broke off', error);
    }
    return text + decoder.decode();
  }

  #failed(reason: string, cause?: unknown): SraasError {
    return new SraasError('INVALID_CONFIG', `The languages at ${this.name} cannot be had: ${reason}.`, { cause });
  }
}

/** A name and a password in an address, which fetch itself refuses (RFC 7617). */
function authorizationOf({ username, password }: URL): Readonly<Record<string, string>> {
  if (username === '' && password === '') return {};
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { authorization: `Basic ${Buffer.from(pair).toString('base64')}` };
}

function formatOfType(contentType: string): TextFormat | undefined {
  const type = contentType.split(';')[0]?.trim().toLowerCase() ?? '';
  if (/[/+]json$/.test(type)) return 'json';
  return /[/+](x-)?ya?ml$/.test(type) ? 'yaml' : undefined;
}
