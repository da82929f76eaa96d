import type { Request } from 'express';
import { SraasError } from '../errors.ts';

/** Refuses query parameters that a route does not know. @throws SraasError INVALID_QUERY */
export function onlyParameters(request: Request, ...known: readonly string[]): void {
  const unknown = Object.keys(request.query).find((name) => !known.includes(name));
  if (unknown === undefined) return;
  throw new SraasError('INVALID_QUERY', `There is no query parameter ${JSON.stringify(unknown.slice(0, 64))} here.`);
}
