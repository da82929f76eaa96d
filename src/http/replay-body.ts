import type { Request, Response } from 'express';
import { isObject } from '../documents/json-object.ts';
import { SraasError } from '../errors.ts';
import { parseJson, requireJson } from './json.ts';
import type { BodyReader } from './read-body.ts';

/** The longest document says no more than a reference. */
export const maxReplayBodyBytes = 1000;

/**
 * The reference that the body of a replay asks for; undefined where there is no body or it says none.
 * @throws SraasError BAD_REQUEST, INVALID_JSON, UNSUPPORTED_MEDIA_TYPE, BODY_TOO_LARGE
 */
export async function readReplayReference(
  bodies: BodyReader,
  request: Request,
  response: Response,
): Promise<string | undefined> {
  const body = await bodies.read(request, response);
  if (body.length === 0) return undefined;
  requireJson(request);
  const document = parseJson(body);
  if (!isObject(document)) throw malformed();
  const { reference, ...others } = document;
  if (Object.keys(others).length > 0 || (reference !== undefined && typeof reference !== 'string')) throw malformed();
  return reference;
}

function malformed(): SraasError {
  return new SraasError(
    'BAD_REQUEST',
    'Send no body, or an object like {"reference":"hello@3"} with nothing else in it.',
  );
}
