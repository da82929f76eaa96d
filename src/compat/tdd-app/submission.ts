import type { Request, Response } from 'express';
import { SraasError } from '../../errors.ts';
import { BodyReader } from '../../http/read-body.ts';
import { leaveUnread } from '../../http/unread-body.ts';
import { isFormType, parseForm } from '../form.ts';

/** What somebody wrote into the page's form. */
export interface Submission {
  readonly source: string;
  /** Tests of the source, for which it is a module; empty when it is run itself. */
  readonly tests: string;
}

const mostBytes = 4 * 1024 * 1024;
const bodies = new BodyReader(mostBytes, 'BODY_TOO_LARGE', false);

/**
 * Reads `source_code`, and `test_code` if there is one, from a form; browsers send line ends as CR LF (HTML standard, form
 * submission), which become those of the machine.
 * @throws SraasError UNSUPPORTED_MEDIA_TYPE, BODY_TOO_LARGE, INVALID_UPLOAD, BAD_REQUEST.
 */
export async function readSubmission(request: Request, response: Response): Promise<Submission> {
  const type = request.headers['content-type'] ?? '';
  if (!isFormType(type)) {
    leaveUnread(request, response);
    throw new SraasError('UNSUPPORTED_MEDIA_TYPE', 'Send a form, with the code in the field source_code.');
  }
  const { fields } = await parseForm(type, await bodies.read(request, response));
  const source = fields.get('source_code');
  if (source === undefined) {
    throw new SraasError('BAD_REQUEST', 'The field source_code is missing: send the code in it.');
  }
  return { source: withoutReturns(source), tests: withoutReturns(fields.get('test_code') ?? '') };
}

function withoutReturns(text: string): string {
  return text.replaceAll('\r\n', '\n');
}
