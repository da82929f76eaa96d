import type { Request, Response } from 'express';
import { parseJson, requireJson } from './json.ts';
import { BodyReader } from './read-body.ts';

/** As much as a deploy's config may have. */
const mostBytes = 1_000_000;

const bodies = new BodyReader(mostBytes, 'BODY_TOO_LARGE');

/**
 * Reads the one small JSON document of a request.
 * @throws SraasError UNSUPPORTED_MEDIA_TYPE, BODY_TOO_LARGE, INVALID_JSON, BAD_REQUEST.
 */
export async function readDocument(request: Request, response: Response): Promise<unknown> {
  requireJson(request);
  return parseJson(await bodies.read(request, response));
}

/** The same for JSON merge patches (RFC 7396), which may come as plain JSON as well. */
export async function readMergePatch(request: Request, response: Response): Promise<unknown> {
  if (!/^application\/merge-patch\+json\s*(;|$)/i.test(request.headers['content-type'] ?? '')) requireJson(request);
  return parseJson(await bodies.read(request, response));
}

/** The same where there need not be one: undefined when the body is empty. */
export async function readOptionalDocument(request: Request, response: Response): Promise<unknown> {
  const body = await bodies.read(request, response);
  if (body.length === 0) return undefined;
  requireJson(request);
  return parseJson(body);
}
