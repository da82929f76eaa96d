import { SraasError } from '../errors.ts';

/** The one pattern for names of functions and aliases: letters, digits, `_` and `-`, a letter first, 64 at most. */
export const namePattern = /^[A-Za-z][A-Za-z0-9_-]{0,63}$/;

/**
 * Checks a function's name. Names are compared byte for byte: `Hello` and `hello` are two functions.
 *
 * @throws SraasError `INVALID_NAME`. The text is not repeated in the message: it may hold anything.
 */
export function parseFunctionName(text: string): string {
  if (namePattern.test(text)) return text;
  throw new SraasError(
    'INVALID_NAME',
    'A function name starts with a letter and has at most 64 letters, digits, "_" and "-".',
  );
}
