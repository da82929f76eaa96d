import type { Express, Response } from 'express';
import { requestIdOf } from '../../http/request-id.ts';
import type { HostRules } from '../../http/host-rules.ts';
import type { ErrorTelling } from '../../http/told-error.ts';
import type { Languages } from '../../languages/language.ts';
import { answerError } from '../answer-error.ts';
import { bareApp } from '../bare-app.ts';
import { untilClosed } from '../../http/routes/invoke.ts';
import { sendJson } from '../send-json.ts';
import { readOrderBody } from './body.ts';
import { completeRun } from './complete-run.ts';
import { parseOrder } from './order.ts';
import { errorForm, RannaRefusal, refusalOf } from './refusal.ts';
import { specsOf } from './spec.ts';
import type { RannaRuns } from './runs.ts';

/** What `/v1/info` tells of the server. */
export interface RannaInfo {
  readonly version: string;
  readonly builtAt: Date;
  /** Version of the engine. Rejects when it cannot be asked. */
  readonly engineVersion: () => Promise<string>;
}

export interface RannaAppParts extends HostRules, ErrorTelling {
  readonly runs: RannaRuns;
  readonly languages: Languages;
  readonly outputBytes: number;
  readonly info: RannaInfo;
}

const methodsOf: Readonly<Record<string, string>> = {
  '/v1/spec': 'GET, HEAD',
  '/v1/info': 'GET, HEAD',
  '/v1/ws': 'GET, HEAD',
  '/v1/exec': 'POST',
};

/** ranna's REST API. The WebSocket is beside it, at the server's upgrades. */
export function rannaApp(parts: RannaAppParts): Express {
  const { runs, languages, outputBytes, info } = parts;
  const app = bareApp(parts);
  app.use((request, response, next) => {
    response.set('Server', 'ranna');
    if (request.method !== 'OPTIONS' || !request.path.startsWith('/v1/')) next();
    else response.type('text/plain').send('OK');
  });

  app.get('/v1/spec', (_request, response) => {
    send(response, 200, specsOf(languages));
  });

  app.post('/v1/exec', async (request, response) => {
    const order = parseOrder(await readOrderBody(request, response));
    const terms = { id: requestIdOf(response), signal: untilClosed(response), outputBytes };
    send(response, 200, await completeRun(runs, order, terms));
  });

  app.get('/v1/info', async (_request, response) => {
    send(response, 200, {
      version: `v${info.version}`,
      builddate: info.builtAt.toISOString(),
      go_version: `node ${process.version}`,
      sandbox: { type: 'docker', version: await info.engineVersion() },
    });
  });

  app.get('/v1/ws', () => {
    throw new RannaRefusal(426, 'Upgrade Required');
  });

  app.use((request, response) => {
    const methods = methodsOf[request.path];
    if (methods === undefined) throw new RannaRefusal(404, `Cannot ${request.method} ${request.path}`);
    response.set('Allow', methods);
    throw new RannaRefusal(405, 'Method Not Allowed');
  });
  app.use(
    answerError<RannaRefusal>(
      parts,
      (response, error) => {
        sendJson(response, refusalOf(error).code, errorForm(error).body);
      },
      (error) => error instanceof RannaRefusal,
    ),
  );
  return app;
}

function send(response: Response, status: number, document: object): void {
  sendJson(response, status, JSON.stringify(document));
}
