import { Router } from 'express';
import type { AsyncInvocations } from '../../async/async-invocations.ts';
import type { Elsewhere } from '../../invocations/elsewhere.ts';
import type { InFlight, RunningInvocation } from '../../invocations/in-flight.ts';
import type { RunningDocument, RunningReply } from '../../wire/running.ts';
import { onlyParameters } from '../only-parameters.ts';

export interface InvocationRoutesParts {
  readonly inFlight: Pick<InFlight, 'list'>;
  /** Undefined where one process runs all. */
  readonly elsewhere?: Pick<Elsewhere, 'running'> | undefined;
  readonly asyncInvocations: Pick<AsyncInvocations, 'cancel'>;
}

/** `GET /invocations` and `DELETE /invocations/:id`: what runs now, and how to end it. */
export function invocationRoutes({ inFlight, elsewhere, asyncInvocations }: InvocationRoutesParts): Router {
  const router = Router({ caseSensitive: true, strict: true });

  router.get('/invocations', async (request, response) => {
    onlyParameters(request);
    const all = [...inFlight.list(), ...((await elsewhere?.running()) ?? [])];
    // Ids are the order in which they came.
    if (elsewhere !== undefined) all.sort((one, other) => (one.id < other.id ? -1 : 1));
    response.json({ invocations: all.map(toWire) } satisfies RunningReply);
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
