import type { Express, Response } from 'express';
import type { SraasError } from '../../errors.ts';
import type { HostRules } from '../../http/host-rules.ts';
import { requestIdOf } from '../../http/request-id.ts';
import type { ErrorTelling } from '../../http/told-error.ts';
import { answerError } from '../answer-error.ts';
import { bareApp } from '../bare-app.ts';
import { pageFiles, type PageFile } from '../page-files.ts';
import { untilClosed } from '../../http/routes/invoke.ts';
import { replyText } from './reply-text.ts';
import { runSubmission, type TddAppParts } from './run-submission.ts';
import { readSubmission } from './submission.ts';

export interface TddAppAppParts extends TddAppParts, Omit<HostRules, 'hasPages'>, ErrorTelling {
  readonly page: readonly PageFile[];
}

const plainText = 'text/plain; charset=utf-8';

/** The page of tdd-app-prototype, and `POST /send_code` behind its form. */
export function tddApp(parts: TddAppAppParts): Express {
  const { page } = parts;
  const app = bareApp({ ...parts, hasPages: true });

  app.use(pageFiles(page));

  app.post('/send_code', async (request, response) => {
    const submission = await readSubmission(request, response);
    const run = { id: requestIdOf(response), signal: untilClosed(response) };
    const result = await runSubmission(submission, run, parts);
    response.set({
      'x-sraas-outcome': result.ended,
      ...(result.exitCode === undefined ? {} : { 'x-sraas-exit-code': String(result.exitCode) }),
    });
    sendText(response, 200, replyText(result));
  });

  app.use((_request, response) => {
    sendText(response, 404, 'There is nothing here: the page is at /, and code goes to POST /send_code.');
  });
  app.use(
    answerError(parts, (response, error) => {
      sendText(response, error.kind.status, errorForm(error).body);
    }),
  );
  return app;
}

/** An error, for a person to read. */
export function errorForm({ message }: SraasError): { readonly type: string; readonly body: string } {
  return { type: plainText, body: message };
}

/** As plain text, which no browser takes for a page. */
function sendText(response: Response, status: number, text: string): void {
  response.status(status).type(plainText).send(text);
}
