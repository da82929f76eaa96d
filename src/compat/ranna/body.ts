import type { Request, Response } from 'express';
import { SraasError } from '../../errors.ts';
import { parseJson } from '../../http/json.ts';
import { BodyReader } from '../../http/read-body.ts';
import { leaveUnread } from '../../http/unread-body.ts';
import { isFormType, parseForm, type Form } from '../form.ts';
import { RannaRefusal } from './refusal.ts';

/** ranna's own limit of a body: 4 MiB. */
export const mostBodyBytes: number = 4 * 1024 * 1024;

const bodies = new BodyReader(mostBodyBytes, 'BODY_TOO_LARGE', false);

/**
 * Reads the body of `/v1/exec` by its Content-Type: JSON, or a form of either kind.
 * @throws RannaRefusal 422 for another type; SraasError BODY_TOO_LARGE, INVALID_JSON, INVALID_UPLOAD, BAD_REQUEST.
 */
export async function readOrderBody(request: Request, response: Response): Promise<unknown> {
  const type = request.headers['content-type'] ?? '';
  const isForm = isFormType(type);
  if (!isForm && !/^[^;]*json\s*(;|$)/i.test(type)) {
    leaveUnread(request, response);
    throw new RannaRefusal(422, 'Unprocessable Entity');
  }
  const body = await bodies.read(request, response);
  return isForm ? formDocument(await parseForm(type, body)) : parseJson(body);
}

/** Every value of a form is a text: what is meant otherwise is turned into it. `environment` cannot come in one. */
function formDocument({ fields, entries }: Form): unknown {
  const inline = fields.get('inline_expression');
  if (fields.has('environment')) throw new SraasError('BAD_REQUEST', 'Send an environment as JSON.');
  return {
    language: fields.get('language'),
    code: fields.get('code'),
    inline_expression: inline === undefined ? null : ['true', '1', 'on'].includes(inline),
    arguments: entries.flatMap(([name, value]) => (name === 'arguments' ? [value] : [])),
  };
}
