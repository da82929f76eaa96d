import type { Express, RequestHandler } from 'express';
import type { HostRules } from '../../http/host-rules.ts';
import { BodyReader } from '../../http/read-body.ts';
import { requestIdOf } from '../../http/request-id.ts';
import type { ErrorTelling } from '../../http/told-error.ts';
import { answerError } from '../answer-error.ts';
import { bareApp } from '../bare-app.ts';
import { noForm, parseForm } from '../form.ts';
import { untilClosed } from '../../http/routes/invoke.ts';
import { sendJson } from '../send-json.ts';
import { parseDeployRequest } from './deploy-request.ts';
import type { Deployments } from './deployments.ts';
import { encodeInvokeReply } from './invoke-reply.ts';
import { envelopeOf } from './invoke-request.ts';
import { errorForm, ScaasRefusal } from './refusal.ts';

export interface ScaasAppParts extends Omit<HostRules, 'hasPages'>, ErrorTelling {
  readonly deployments: Deployments;
  /** Whether the engine answers now. */
  readonly isEngineThere: () => Promise<boolean>;
  /** Refuses while the disk is too full for code. */
  readonly requireRoom: () => Promise<void>;
  readonly maxDeployBytes: number;
  readonly maxEventBytes: number;
  /** The routes of its page. */
  readonly pageRoutes: RequestHandler;
}

/** The HTTP API of SRaaS's later service: deploy one Python file, invoke it by its URL, delete it; and its page. */
export function scaasApp(parts: ScaasAppParts): Express {
  const { deployments, isEngineThere, requireRoom } = parts;
  const uploads = new BodyReader(parts.maxDeployBytes, 'BODY_TOO_LARGE');
  const events = new BodyReader(parts.maxEventBytes, 'EVENT_TOO_LARGE');
  const app = bareApp({ ...parts, hasPages: true });
  app.use(parts.pageRoutes);

  app.get('/health', async (_request, response) => {
    response.json({ status: 'ok', docker_available: await isEngineThere() });
  });

  app.post('/deploy', async (request, response) => {
    await requireRoom();
    const type = request.headers['content-type'] ?? '';
    const body = await uploads.read(request, response);
    const isMultipart = /^multipart\/form-data\s*;/i.test(type);
    const form = isMultipart ? await parseForm(type, body) : noForm;
    const { searchParams } = new URL(request.url, 'http://localhost');
    const id = await deployments.deploy(parseDeployRequest(searchParams, form));
    response.json({ deployment_id: id, container_name: id, invocation_url: `/invoke/${id}` });
  });

  app.post('/invoke/:id', async (request, response) => {
    const envelope = envelopeOf(await events.read(request, response));
    const call = { invocationId: requestIdOf(response), envelope, signal: untilClosed(response) };
    const reply = await deployments.invoke(request.params.id, call);
    if (reply.verdict.outcome === 'timeout') throw new ScaasRefusal(408, 'Function execution timed out');
    sendJson(response, 200, encodeInvokeReply(reply));
  });

  app.delete('/deployments/:id', async (request, response) => {
    const { id } = request.params;
    await deployments.remove(id);
    response.json({ deployment_id: id, message: 'Deployment deleted' });
  });

  app.use(() => {
    throw new ScaasRefusal(404, 'Not Found');
  });
  app.use(
    answerError<ScaasRefusal>(
      parts,
      (response, error) => {
        const status = error instanceof ScaasRefusal ? error.status : error.kind.status;
        sendJson(response, status, errorForm(error).body);
      },
      (error) => error instanceof ScaasRefusal,
    ),
  );
  return app;
}
