import { SraasError } from '../errors.ts';
import { namePattern, parseFunctionName } from './function-name.ts';

/** Which version a caller means: the newest one of a function, or the one with a number. */
export interface FunctionReference {
  readonly name: string;
  /** 1, 2, 3, …; undefined for the newest. */
  readonly version: number | undefined;
}

/** Largest number that every database's plain integer column holds. */
const largestNumber = 2 ** 31 - 1;

/**
 * Reads `hello` (the newest version) or `hello@3` (version 3).
 *
 * @throws SraasError `INVALID_NAME` for text of another form; `VERSION_NOT_FOUND` for a number that no version can have,
 * and for `hello:live`, since there are no aliases yet.
 */
export function parseReference(text: string): FunctionReference {
  const separator = text.search(/[@:]/);
  if (separator === -1) return { name: parseFunctionName(text), version: undefined };
  const name = parseFunctionName(text.slice(0, separator));
  const qualifier = text.slice(separator + 1);
  return text[separator] === ':' ? refuseAlias(name, qualifier) : { name, version: parseNumber(name, qualifier) };
}

function parseNumber(name: string, digits: string): number {
  if (!/^(0|[1-9][0-9]*)$/.test(digits)) {
    throw new SraasError('INVALID_NAME', `After "${name}@" comes the number of a version, for example ${name}@1.`);
  }
  const number = Number(digits);
  if (number >= 1 && number <= largestNumber) return number;
  throw new SraasError('VERSION_NOT_FOUND', `Function ${name} has no such version: versions are numbered from 1 on.`);
}

function refuseAlias(name: string, alias: string): never {
  if (!namePattern.test(alias)) {
    throw new SraasError('INVALID_NAME', `After "${name}:" comes the name of an alias, for example ${name}:live.`);
  }
  throw new SraasError(
    'VERSION_NOT_FOUND',
    `Function ${name} has no alias ${alias}: this server knows no aliases, so name ${name} or a version such as ${name}@1.`,
  );
}
