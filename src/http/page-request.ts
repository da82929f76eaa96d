import type { Request } from 'express';
import { SraasError } from '../errors.ts';

const defaultPageSize = 100;

/** Reads `?limit=` and `?cursor=` of a list. @throws SraasError INVALID_QUERY */
export function pageRequest(request: Request): { readonly limit: number; readonly cursor: string | undefined } {
  const { limit, cursor, ...others } = request.query;
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) {
    throw new SraasError('INVALID_QUERY', `There is no query parameter ${JSON.stringify(unknown.slice(0, 64))} here.`);
  }
  if (limit !== undefined && (typeof limit !== 'string' || !/^\d{1,4}$/.test(limit))) {
    throw new SraasError('INVALID_QUERY', 'The limit of a page is a whole number from 1 to 1,000.');
  }
  if (cursor !== undefined && typeof cursor !== 'string') {
    throw new SraasError('INVALID_QUERY', 'Give one cursor, as it came with the page before.');
  }
  return { limit: limit === undefined ? defaultPageSize : Number(limit), cursor };
}
