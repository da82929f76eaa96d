import { Router, type Request } from 'express';
import { SraasError } from '../../errors.ts';
import type { DeadLetters } from '../../async/dead-letters.ts';
import { invocationToWire } from '../../history/invocation-wire.ts';
import { acceptedAnswer } from '../accepted-answer.ts';
import { sendAnswer } from '../keyed-answer.ts';
import { onlyParameters } from '../only-parameters.ts';
import { pageToWire } from '../page-answer.ts';
import { idCursor, pageRequest } from '../page-request.ts';
import { maxReplayBodyBytes, readReplayReference } from '../replay-body.ts';
import { BodyReader } from '../read-body.ts';
import { beginInvocation } from './invoke.ts';

export interface DeadLetterRoutesParts {
  readonly deadLetters: Pick<DeadLetters, 'list' | 'purge' | 'remove' | 'replay'>;
}

/** `/dead-letters`: the async invocations that were given up. */
export function deadLetterRoutes({ deadLetters }: DeadLetterRoutesParts): Router {
  const bodies = new BodyReader(maxReplayBodyBytes, 'BODY_TOO_LARGE');
  const router = Router({ caseSensitive: true, strict: true });

  router.get('/dead-letters', async (request, response) => {
    const { limit, cursor } = pageRequest(request, 'function');
    const filter = functionOf(request);
    const page = await deadLetters.list({
      ...filter,
      limit,
      ...(cursor === undefined ? {} : { before: idCursor(cursor) }),
    });
    response.json(pageToWire('dead_letters', page, invocationToWire));
  });

  router.delete('/dead-letters', async (request, response) => {
    onlyParameters(request, 'function');
    response.json({ removed: await deadLetters.purge(functionOf(request).functionName) });
  });

  router.delete('/dead-letters/:id', async (request, response) => {
    onlyParameters(request);
    await deadLetters.remove(request.params.id);
    response.status(204).end();
  });

  router.post('/dead-letters/:id/replay', async (request, response) => {
    const newId = beginInvocation(response);
    onlyParameters(request);
    const reference = await readReplayReference(bodies, request, response);
    sendAnswer(response, acceptedAnswer(await deadLetters.replay(request.params.id, { reference, newId })));
  });

  return router;
}

function functionOf(request: Request): { readonly functionName?: string } {
  const { function: name } = request.query;
  if (name === undefined) return {};
  if (typeof name === 'string') return { functionName: name };
  throw new SraasError('INVALID_QUERY', 'Give function once, as the name of a function.');
}
