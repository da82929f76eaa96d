import type { RequestHandler, Response } from 'express';
import { timeOrderedId } from '../time-ordered-id.ts';

/**
 * Gives every request an id of our own making, and every reply the headers that keep browsers from interpreting it. Ids are
 * UUIDs of version 7 (RFC 9562): their order is the order in which requests came.
 */
export const identify: RequestHandler = (_request, response, next) => {
  const requestId = timeOrderedId();
  response.locals['requestId'] = requestId;
  response.set({ 'X-Request-Id': requestId, ...guardingHeaders });
  next();
};

/** What keeps browsers from interpreting a reply. */
export const guardingHeaders = {
  'X-Content-Type-Options': 'nosniff',
  'Content-Security-Policy': "default-src 'none'; sandbox",
  'Cache-Control': 'no-store',
} as const;

export function requestIdOf(response: Response): string {
  return String(response.locals['requestId']);
}
