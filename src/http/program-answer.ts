import { setTimeout as delay } from 'node:timers/promises';
import type { Request, Response } from 'express';
import { SraasError } from '../errors.ts';
import type { Answer } from '../idempotency/answer.ts';
import type { ProgramRequest, ProgramResult, Programs } from '../programs/program.ts';
import { programFactsToWire, programToWire } from '../programs/program-wire.ts';
import { streamed, streamEvents } from './event-stream.ts';
import { ProgramEvents } from './program-events.ts';
import { problemOf } from './problem.ts';
import { requestIdOf } from './request-id.ts';
import { toldError, type ErrorTelling } from './told-error.ts';

/** A program that waits for a sandbox says nothing yet, and clients give up on a reply that does not begin. */
const silenceMs = 5000;

/** The answer to a program that nobody follows. @throws SraasError when it could not be run, or was cancelled. */
export async function programAnswer(
  programs: Programs,
  request: ProgramRequest,
  output: 'text' | 'base64',
): Promise<Answer> {
  const result = told(await programs.run(request));
  const document = programToWire(request.id, result, output);
  return {
    status: 200,
    headers: {
      'x-sraas-invocation-id': request.id,
      'x-sraas-outcome': document.invocation.outcome,
      'Content-Type': 'application/json; charset=utf-8',
    },
    body: Buffer.from(JSON.stringify(document)),
  };
}

/**
 * Answers with server-sent events while a program runs. What fails before it begins, and within seconds, is an error reply like
 * any other.
 */
export async function streamProgram(
  response: Response,
  { programs, ...telling }: ErrorTelling & { readonly programs: Programs },
  request: ProgramRequest,
  output: 'text' | 'base64',
): Promise<void> {
  const { id } = request;
  const events = new ProgramEvents(output);
  let begin: () => void = () => undefined;
  const begun = new Promise<void>((resolve) => {
    begin = resolve;
  });
  const ended = programs
    .run({
      ...request,
      onStarted: () => {
        events.begin(streamed({ event: 'started', id }));
        begin();
      },
      onStdout: (piece) => {
        events.write('stdout', piece);
      },
      onStderr: (piece) => {
        events.write('stderr', piece);
      },
      untilRoom: () => events.untilRoom(),
    })
    .then((result) => {
      events.end(streamed({ event: 'ended', ...programFactsToWire(id, told(result)) }));
    });
  const waiting = new AbortController();
  await Promise.race([begun, ended, delay(silenceMs, undefined, waiting)]).finally(() => {
    waiting.abort();
  });
  ended.catch((error: unknown) => {
    const requestId = requestIdOf(response);
    events.end(streamed({ event: 'error', ...problemOf(toldError(error, telling, requestId), requestId) }));
  });
  // How it ends is not known yet.
  response.removeHeader('x-sraas-outcome');
  await streamEvents(response, events);
}

export function wantsEvents(request: Request): boolean {
  return /(^|,)\s*text\/event-stream\s*(;|,|$)/i.test(request.headers.accept ?? '');
}

function told(result: ProgramResult): ProgramResult {
  if (result.ended !== 'cancelled') return result;
  throw result.cancelledBecause ?? new SraasError('INVOCATION_CANCELLED', 'The program was cancelled, and was killed.');
}
