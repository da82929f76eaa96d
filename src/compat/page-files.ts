import { Router } from 'express';

/** One text of a page, and where it is served. */
export interface PageFile {
  /** `/` for the page itself. */
  readonly path: string;
  readonly type: 'text/html' | 'text/javascript' | 'text/css';
  readonly text: string;
}

/** A page loads and calls nothing but what it came from, and stands in nobody else's. */
const pagePolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** Serves a page and what it loads, as they are. */
export function pageFiles(files: readonly PageFile[]): Router {
  const router = Router({ caseSensitive: true, strict: true });
  for (const { path, type, text } of files) {
    router.get(path, (_request, response) => {
      response.set({ 'Content-Security-Policy': pagePolicy, 'Referrer-Policy': 'same-origin' });
      response.type(`${type}; charset=utf-8`).send(text);
    });
  }
  return router;
}
