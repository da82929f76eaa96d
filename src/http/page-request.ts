import type { Request } from 'express';
import { SraasError } from '../errors.ts';
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
