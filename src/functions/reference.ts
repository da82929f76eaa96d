import { parseName } from '../documents/name.ts';
import { SraasError } from '../errors.ts';
import { parseFunctionName } from './function-name.ts';
import { isVersionNumber } from './version-number.ts';

/** Which version a caller means: the newest one of a function, the one with a number, or the one that an alias leads to. */
export interface FunctionReference {
  readonly name: string;
  /** 1, 2, 3, …; undefined for the newest, and with an alias. */
  readonly version: number | undefined;
  readonly alias?: string;
}

/**
 * Reads `hello` (the newest version), `hello@3` (version 3) or `hello:live` (what the alias leads to).
 *
 * @throws SraasError `INVALID_NAME` for text of another form; `VERSION_NOT_FOUND` for a number that no version can have.
 */
export function parseReference(text: string): FunctionReference {
  const separator = text.search(/[@:]/);
  if (separator === -1) return { name: parseFunctionName(text), version: undefined };
  const name = parseFunctionName(text.slice(0, separator));
  const qualifier = text.slice(separator + 1);
  return text[separator] === ':'
    ? { name, version: undefined, alias: parseAliasName(qualifier) }
    : { name, version: parseNumber(name, qualifier) };
}

/** @throws SraasError `INVALID_NAME`. The text is not repeated in the message: it may hold anything. */
export function parseAliasName(text: string): string {
  return parseName(text, 'The name of an alias', ', as in hello:live');
}

function parseNumber(name: string, digits: string): number {
  if (!/^(0|[1-9][0-9]*)$/.test(digits)) {
    throw new SraasError('INVALID_NAME', `After "${name}@" comes the number of a version, for example ${name}@1.`);
  }
  const number = Number(digits);
  if (isVersionNumber(number)) return number;
  throw new SraasError('VERSION_NOT_FOUND', `Function ${name} has no such version: versions are numbered from 1 on.`);
}
