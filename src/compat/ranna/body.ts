import type { Request, Response } from 'express';
import { SraasError } from '../../errors.ts';
import { parseJson } from '../../http/json.ts';
import { BodyReader } from '../../http/read-body.ts';
import { leaveUnread } from '../../http/unread-body.ts';
import { RannaRefusal } from './refusal.ts';

/** ranna's own limit of a body: 4 MiB. */
export const mostBodyBytes: number = 4 * 1024 * 1024;

const bodies = new BodyReader(mostBodyBytes, 'BODY_TOO_LARGE', false);

/**
 * Reads the body of `/v1/exec` by its Content-Type: JSON, or a form.
 * @throws RannaRefusal 422 for another type; SraasError BODY_TOO_LARGE, INVALID_JSON, BAD_REQUEST.
 */
export async function readOrderBody(request: Request, response: Response): Promise<unknown> {
  const type =
    /^[^;]*/
      .exec(request.headers['content-type'] ?? '')?.[0]
      .trim()
      .toLowerCase() ?? '';
  const isForm = type === 'application/x-www-form-urlencoded';
  if (!isForm && !type.endsWith('json')) {
    leaveUnread(request, response);
    throw new RannaRefusal(422, 'Unprocessable Entity');
  }
  const body = await bodies.read(request, response);
  return isForm ? formDocument(new URLSearchParams(body.toString('utf8'))) : parseJson(body);
}

/** Every value of a form is a text: what is meant otherwise is turned into it. `environment` cannot come in one. */
function formDocument(form: URLSearchParams): unknown {
  const inline = form.get('inline_expression');
  if (form.has('environment')) throw new SraasError('BAD_REQUEST', 'Send an environment as JSON.');
  return {
    language: form.get('language'),
    code: form.get('code'),
    inline_expression: inline === null ? null : ['true', '1', 'on'].includes(inline),
    arguments: form.getAll('arguments'),
  };
}
