import type { Request } from 'express';
import { namePattern } from '../documents/name.ts';
import { SraasError } from '../errors.ts';
import { readVersionNumber } from '../functions/version-number.ts';
import { isInvocationId } from '../history/invocation-id.ts';
import { onlyParameters } from './only-parameters.ts';

const defaultPageSize = 100;

/** Reads `?limit=` and `?cursor=` of a list, which may have other parameters. @throws SraasError INVALID_QUERY */
export function pageRequest(
  request: Request,
  ...others: readonly string[]
): { readonly limit: number; readonly cursor: string | undefined } {
  onlyParameters(request, 'limit', 'cursor', ...others);
  const { limit, cursor } = request.query;
  if (limit !== undefined && (typeof limit !== 'string' || !/^\d{1,4}$/.test(limit))) {
    throw new SraasError('INVALID_QUERY', 'The limit of a page is a whole number from 1 to 1,000.');
  }
  if (cursor !== undefined && typeof cursor !== 'string') {
    throw new SraasError('INVALID_QUERY', 'Give one cursor, as it came with the page before.');
  }
  return { limit: limit === undefined ? defaultPageSize : Number(limit), cursor };
}

/** The cursor of a list that goes by name: a place in it, whether or not anything has that name any more. @throws SraasError INVALID_QUERY */
export function nameCursor(cursor: string): string {
  if (namePattern.test(cursor)) return cursor;
  throw notACursor();
}

/** The cursor of a list that goes by version number. @throws SraasError INVALID_QUERY */
export function versionCursor(cursor: string): number {
  const number = readVersionNumber(cursor);
  if (number !== undefined) return number;
  throw notACursor();
}

/** The cursor of a list of invocations: an id, whether or not anything is known of it any more. @throws SraasError INVALID_QUERY */
export function idCursor(cursor: string): string {
  if (isInvocationId(cursor)) return cursor;
  throw notACursor();
}

function notACursor(): SraasError {
  return new SraasError('INVALID_QUERY', 'The cursor is not one that this server gave; leave it out to start again.');
}
