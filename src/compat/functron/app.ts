import type { Express, RequestHandler } from 'express';
import type { HostRules } from '../../http/host-rules.ts';
import { BodyReader } from '../../http/read-body.ts';
import { requestIdOf } from '../../http/request-id.ts';
import type { ErrorTelling } from '../../http/told-error.ts';
import { answerError } from '../answer-error.ts';
import { bareApp } from '../bare-app.ts';
import { untilClosed } from '../../http/routes/invoke.ts';
import { sendJson } from '../send-json.ts';
import { errorForm, sendExecReply } from './exec-reply.ts';
import { parseExecRequest } from './exec-request.ts';
import { execOnce, type FunctronParts } from './exec.ts';

export interface FunctronAppParts extends FunctronParts, HostRules, ErrorTelling {
  readonly maxDeployBytes: number;
  /** Refuses while the disk is too full for code. */
  readonly requireRoom: () => Promise<void>;
}

/** functron's API: `/v1/ping` and `/v1/exec`, both by any method; `POST /` is what its first clients call instead of the latter. */
export function functronApp(parts: FunctronAppParts): Express {
  const bodies = new BodyReader(parts.maxDeployBytes, 'BODY_TOO_LARGE');
  const app = bareApp(parts);

  app.all('/v1/ping', (_request, response) => {
    response.set('Content-Length', '0').end();
  });

  const exec: RequestHandler = async (request, response) => {
    await parts.requireRoom();
    const order = parseExecRequest(await bodies.read(request, response));
    const run = { id: requestIdOf(response), signal: untilClosed(response) };
    const { status, reply } = await execOnce(order, run, parts);
    sendExecReply(response, status, reply);
  };
  app.all('/v1/exec', exec);
  app.post('/', exec);

  app.use((_request, response) => {
    response.status(404).type('text/plain').send('404 page not found\n');
  });
  app.use(
    answerError(parts, (response, error) => {
      sendJson(response, error.kind.status, errorForm(error).body);
    }),
  );
  return app;
}
