import { Router } from 'express';
import type { AsyncInvocations } from '../../async/async-invocations.ts';
import type { InFlight, RunningInvocation } from '../../invocations/in-flight.ts';
import type { RunningDocument, RunningReply } from '../../wire/running.ts';
import { onlyParameters } from '../only-parameters.ts';

export interface InvocationRoutesParts {
  readonly inFlight: Pick<InFlight, 'list'>;
  readonly asyncInvocations: Pick<AsyncInvocations, 'cancel'>;
}

/** `GET /invocations` and `DELETE /invocations/:id`: what runs now, and how to end it. */
export function invocationRoutes({ inFlight, asyncInvocations }: InvocationRoutesParts): Router {
  const router = Router({ caseSensitive: true, strict: true });

  router.get('/invocations', (request, response) => {
    onlyParameters(request);
    response.json({ invocations: inFlight.list().map(toWire) } satisfies RunningReply);
  });

  router.delete('/invocations/:id', async (request, response) => {
    await asyncInvocations.cancel(request.params.id);
    response.status(204).end();
  });

  return router;
}

function toWire({ id, functionName, functionVersion, startedAt, state }: RunningInvocation): RunningDocument {
  return { id, function: functionName, version: functionVersion, started_at: startedAt.toISOString(), state };
}
