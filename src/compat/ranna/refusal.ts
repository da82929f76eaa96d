import type { SraasError } from '../../errors.ts';
import { wholeMessage } from '../whole-message.ts';

/** What a client of ranna is told in ranna's own words. `code` is an HTTP status, over the WebSocket as well. */
export class RannaRefusal extends Error {
  override readonly name = 'RannaRefusal';
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

export const codeIsEmpty = 'code is empty';
export const unsupportedLanguage = 'unsupported language spec';
export const noInline = 'this spec has no support for inline expressions';
export const timedOut = 'code execution timed out';
export const tooMuchOutput = 'output len exceeded';

/** One of this server's own errors as such a refusal; all that is wrong with a document is in its message. */
export function refusalOf(error: RannaRefusal | SraasError): RannaRefusal {
  if (error instanceof RannaRefusal) return error;
  return new RannaRefusal(error.kind.status, wholeMessage(error));
}

/** A refusal as ranna's clients read it. */
export function errorForm(error: RannaRefusal | SraasError): { readonly type: string; readonly body: string } {
  const { code, message } = refusalOf(error);
  return { type: 'application/json', body: JSON.stringify({ error: message, code }) };
}
