import type { Request } from 'express';
import { SraasError } from '../errors.ts';

/** A query parameter that has to be one of a few words; undefined when it is left out. @throws SraasError INVALID_QUERY */
export function oneOf<Word extends string>(request: Request, name: string, words: readonly Word[]): Word | undefined {
  const given = request.query[name];
  if (given === undefined) return undefined;
  const word = words.find((candidate) => candidate === given);
  if (word !== undefined) return word;
  throw new SraasError('INVALID_QUERY', `Give ${name} once, as one of: ${words.join(', ')}.`);
}
