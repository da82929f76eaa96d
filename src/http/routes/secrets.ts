import { Router } from 'express';
import { maxSecretDocumentBytes, parseSecretName } from '../../secrets/secret-document.ts';
import type { SecretRecord } from '../../secrets/secret-store.ts';
import type { Secrets } from '../../secrets/secrets.ts';
import type { SecretDocument, SetSecretReply } from '../../wire/secret.ts';
import { parseJson, requireJson } from '../json.ts';
import { onlyParameters } from '../only-parameters.ts';
import { pageToWire } from '../page-answer.ts';
import { nameCursor, pageRequest } from '../page-request.ts';
import { BodyReader } from '../read-body.ts';

export interface SecretRoutesParts {
  readonly secrets: Pick<Secrets, 'put' | 'list' | 'remove'>;
}

/** `PUT` and `DELETE` of secrets, and their list. No route gives a value back. */
export function secretRoutes({ secrets }: SecretRoutesParts): Router {
  const bodies = new BodyReader(maxSecretDocumentBytes, 'BODY_TOO_LARGE', false);
  const router = Router({ caseSensitive: true, strict: true });

  router.put('/secrets/:name', async (request, response) => {
    onlyParameters(request);
    const name = parseSecretName(request.params.name);
    requireJson(request);
    const document = parseJson(await bodies.read(request, response));
    const { outcome, secret } = await secrets.put(name, document);
    response.status(outcome === 'created' ? 201 : 200).json({ outcome, ...toWire(secret) } satisfies SetSecretReply);
  });

  router.get('/secrets', async (request, response) => {
    const { limit, cursor } = pageRequest(request);
    const page = await secrets.list({ limit, ...(cursor === undefined ? {} : { after: nameCursor(cursor) }) });
    response.json(pageToWire('secrets', page, toWire));
  });

  router.delete('/secrets/:name', async (request, response) => {
    onlyParameters(request);
    await secrets.remove(request.params.name);
    response.status(204).end();
  });

  return router;
}

function toWire({ name, createdAt, updatedAt, usedBy }: SecretRecord): SecretDocument {
  return { name, created_at: createdAt.toISOString(), updated_at: updatedAt.toISOString(), used_by: usedBy };
}
