import type { Response } from 'express';

/** Answers with a JSON text, and says so without a charset, which the media type does not have. */
export function sendJson(response: Response, status: number, text: string | Buffer): void {
  const body = Buffer.from(text);
  response.statusCode = status;
  response.setHeader('Content-Type', 'application/json');
  response.setHeader('Content-Length', String(body.length));
  response.end(body);
}
