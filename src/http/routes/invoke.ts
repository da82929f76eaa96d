import type { ServerResponse } from 'node:http';
import { Router, type Response } from 'express';
import type { AsyncInvocations } from '../../async/async-invocations.ts';
import { Canceller } from '../../cancellation.ts';
import { SraasError } from '../../errors.ts';
import { failpoint } from '../../failpoints.ts';
import { parseReference } from '../../functions/reference.ts';
import type { Answer } from '../../idempotency/answer.ts';
import type { Hold } from '../../idempotency/keyed-requests.ts';
import type { InvocationRequest, Invoker } from '../../invocations/invoker.ts';
import { encodeReply, type Reply } from '../../invocations/reply.ts';
import { acceptedAnswer } from '../accepted-answer.ts';
import { checkEnvelopeBytes } from '../envelope-bytes.ts';
import { invokeMode } from '../invoke-mode.ts';
import { requireJson } from '../json.ts';
import { keyedAnswer, sendAnswer, type KeyedRoute } from '../keyed-answer.ts';
import { BodyReader } from '../read-body.ts';
import { requestIdOf } from '../request-id.ts';
import type { FunctionRoutesParts } from './functions.ts';

export interface InvokeRoutesParts extends Pick<FunctionRoutesParts, 'keyed'> {
  readonly invoker: Pick<Invoker, 'invoke'>;
  readonly asyncInvocations: Pick<AsyncInvocations, 'invoke'>;
  readonly maxEventBytes: number;
}

/** `POST /functions/:name/invoke`. */
export function invokeRoutes(parts: InvokeRoutesParts): Router {
  const { invoker, asyncInvocations } = parts;
  const bodies = new BodyReader(parts.maxEventBytes, 'EVENT_TOO_LARGE');
  const router = Router({ caseSensitive: true, strict: true });

  router.post('/functions/:reference/invoke', async (request, response) => {
    const invocationId = beginInvocation(response);
    const mode = invokeMode(request);
    requireJson(request);
    const envelope = await bodies.read(request, response);
    checkEnvelopeBytes(envelope);
    const { reference } = request.params;
    const route = {
      ...invocationRoute(parts, invocationId),
      // What accepts an invocation keeps its answer too, in one step: before that, nothing has been done.
      ...(mode === 'async' ? { whenInterrupted: 'take_over' as const } : {}),
      scope: `POST /functions/${parseReference(reference).name}/invoke`,
      body: () => Promise.resolve(envelope),
    };
    const answer = await keyedAnswer(request, response, route, async (hold) => {
      if (mode === 'async') {
        const wish = { invocationId, envelope };
        return acceptedAnswer(
          await asyncInvocations.invoke(reference, wish, hold && ((record) => hold.answered(acceptedAnswer(record)))),
        );
      }
      const call = { invocationId, envelope, ...callerOf(response, hold) };
      return answerWith(await invoker.invoke(reference, call));
    });
    sendAnswer(response, answer);
  });

  return router;
}

/** The invocation has the request's id, and every reply to it says so, also when it never ran. */
export function beginInvocation(response: Response): string {
  const invocationId = requestIdOf(response);
  response.set(notRun(invocationId));
  return invocationId;
}

export function notRun(invocationId: string): Readonly<Record<string, string>> {
  return { 'x-sraas-invocation-id': invocationId, 'x-sraas-outcome': 'not_run' };
}

/** A handler runs at most once for a key: nobody knows what an interrupted one has done. */
export function invocationRoute(
  { keyed }: Pick<InvokeRoutesParts, 'keyed'>,
  invocationId: string,
): Pick<KeyedRoute, 'keyed' | 'whenInterrupted' | 'errorHeaders'> {
  return { keyed, whenInterrupted: 'refuse', errorHeaders: notRun(invocationId) };
}

export function answerWith(reply: Reply): Answer {
  failpoint('invoke.before_reply');
  return {
    status: 200,
    headers: {
      'x-sraas-invocation-id': reply.invocationId,
      'x-sraas-outcome': reply.verdict.outcome,
      'Content-Type': 'application/json; charset=utf-8',
    },
    body: encodeReply(reply),
  };
}

/** Whoever waits for a call. Who gave it a key may come back for the answer: then its going away ends nothing. */
export function callerOf(response: Response, hold: Hold | undefined): Pick<InvocationRequest, 'signal' | 'onBegun'> {
  if (hold === undefined) return { signal: untilClosed(response) };
  return { signal: new Canceller(), onBegun: hold.begun };
}

/** Aborts when the client goes away before its answer has been sent. */
export function untilClosed(response: ServerResponse): Canceller {
  const canceller = new Canceller();
  response.once('close', () => {
    if (response.writableFinished) return;
    canceller.abort(new SraasError('INVOCATION_CANCELLED', 'The client closed the connection before the answer.'));
  });
  return canceller;
}
