import { parseName } from '../documents/name.ts';

/**
 * Checks a function's name. Names are compared byte for byte: `Hello` and `hello` are two functions.
 *
 * @throws SraasError `INVALID_NAME`. The text is not repeated in the message: it may hold anything.
 */
export function parseFunctionName(text: string): string {
  return parseName(text, 'A function name');
}
