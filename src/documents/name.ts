import { SraasError } from '../errors.ts';

/** The one pattern for names that users give: letters, digits, `_` and `-`, a letter first, 64 at most. */
export const namePattern = /^[A-Za-z][A-Za-z0-9_-]{0,63}$/;

/**
 * Checks a name. Names are compared byte for byte: `Hello` and `hello` are two.
 * @param what begins the sentence that refuses it: `The name of a schedule`.
 * @param hint ends it: `, as in hello:live`.
 * @throws SraasError `INVALID_NAME`. The text is not repeated in the message: it may hold anything, a secret for example.
 */
export function parseName(text: string, what: string, hint = ''): string {
  if (namePattern.test(text)) return text;
  throw new SraasError(
    'INVALID_NAME',
    `${what} starts with a letter and has at most 64 letters, digits, "_" and "-"${hint}.`,
  );
}
