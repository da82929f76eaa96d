import { Router } from 'express';
import type { AsyncInvocations } from '../../async/async-invocations.ts';
import type { Replays } from '../../history/replays.ts';
import type { Invoker } from '../../invocations/invoker.ts';
import { acceptedAnswer } from '../accepted-answer.ts';
import { invokeMode } from '../invoke-mode.ts';
import { sendAnswer } from '../keyed-answer.ts';
import { BodyReader } from '../read-body.ts';
import { maxReplayBodyBytes, readReplayReference } from '../replay-body.ts';
import { answerWith, beginInvocation, untilClosed } from './invoke.ts';

export interface ReplayRoutesParts {
  readonly invoker: Pick<Invoker, 'invoke'>;
  readonly asyncInvocations: Pick<AsyncInvocations, 'invoke'>;
  readonly replays: Pick<Replays, 'prepare'>;
}

/** `POST /invocations/:id/replay`: runs the event of an invocation again. */
export function replayRoutes({ invoker, asyncInvocations, replays }: ReplayRoutesParts): Router {
  const bodies = new BodyReader(maxReplayBodyBytes, 'BODY_TOO_LARGE');
  const router = Router({ caseSensitive: true, strict: true });

  router.post('/invocations/:id/replay', async (request, response) => {
    const invocationId = beginInvocation(response);
    const mode = invokeMode(request);
    const wished = await readReplayReference(bodies, request, response);
    const { reference, envelope, replayOf } = await replays.prepare(request.params.id, wished);
    if (mode === 'async') {
      const record = await asyncInvocations.invoke(reference, { invocationId, envelope, replayOf });
      sendAnswer(response, acceptedAnswer(record));
      return;
    }
    const signal = untilClosed(response);
    sendAnswer(response, answerWith(await invoker.invoke(reference, { invocationId, envelope, signal, replayOf })));
  });

  return router;
}
