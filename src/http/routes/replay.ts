import { Router, type Request, type Response } from 'express';
import { SraasError } from '../../errors.ts';
import type { Replays } from '../../history/replays.ts';
import type { Invoker } from '../../invocations/invoker.ts';
import { parseJson, requireJson } from '../json.ts';
import { sendAnswer } from '../keyed-answer.ts';
import { onlyParameters } from '../only-parameters.ts';
import { BodyReader } from '../read-body.ts';
import { answerWith, beginInvocation, untilClosed } from './invoke.ts';

export interface ReplayRoutesParts {
  readonly invoker: Pick<Invoker, 'invoke'>;
  readonly replays: Pick<Replays, 'prepare'>;
}

/** The longest document says no more than a reference. */
const maxBodyBytes = 1000;

/** `POST /invocations/:id/replay`: runs the event of an invocation again. */
export function replayRoutes({ invoker, replays }: ReplayRoutesParts): Router {
  const bodies = new BodyReader(maxBodyBytes, 'BODY_TOO_LARGE');
  const router = Router({ caseSensitive: true, strict: true });

  router.post('/invocations/:id/replay', async (request, response) => {
    const invocationId = beginInvocation(response);
    onlyParameters(request);
    const wished = await readReference(bodies, request, response);
    const { reference, envelope, replayOf } = await replays.prepare(request.params.id, wished);
    const signal = untilClosed(response);
    sendAnswer(response, answerWith(await invoker.invoke(reference, { invocationId, envelope, signal, replayOf })));
  });

  return router;
}

/** The reference that the body asks for; undefined where there is no body or it says none. */
async function readReference(bodies: BodyReader, request: Request, response: Response): Promise<string | undefined> {
  const body = await bodies.read(request, response);
  if (body.length === 0) return undefined;
  requireJson(request);
  const document = parseJson(body);
  if (typeof document !== 'object' || document === null || Array.isArray(document)) throw malformed();
  const { reference, ...others } = document as { reference?: unknown };
  if (Object.keys(others).length > 0 || (reference !== undefined && typeof reference !== 'string')) throw malformed();
  return reference;
}

function malformed(): SraasError {
  return new SraasError(
    'BAD_REQUEST',
    'Send no body, or an object like {"reference":"hello@3"} with nothing else in it.',
  );
}
