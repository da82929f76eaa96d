import { setTimeout as delay } from 'node:timers/promises';
import type { Request, Response } from 'express';
import type { Answer } from '../idempotency/answer.ts';
import type { Hold } from '../idempotency/keyed-requests.ts';
import type { BuildLine } from '../runtimes/custom/build-source.ts';
import { EventQueue } from './event-queue.ts';
import { streamed, streamEvents, type StreamedEvent } from './event-stream.ts';
import { keyedAnswer, type KeyedRoute } from './keyed-answer.ts';
import { problemOf } from './problem.ts';
import { requestIdOf } from './request-id.ts';
import { toldError, type ErrorTelling } from './told-error.ts';

/** A build that waits for its turn says nothing yet, and clients give up on a reply that does not begin. */
const silenceMs = 5000;

/** How work that may build an image ended well. */
export interface BuildAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly document: object;
}

/**
 * Answers with what `work` comes to. A client that accepts `text/event-stream` is told of each line of the build while it
 * waits: `log` events, then one `done` with the document or one `error` with the problem. What fails before there was a line,
 * and within seconds, is an error reply like any other. The work goes on when the client leaves.
 */
export async function answerWithBuild(
  request: Request,
  response: Response,
  telling: ErrorTelling,
  work: (onLine: (line: BuildLine) => void) => Promise<BuildAnswer>,
): Promise<void> {
  if (!acceptsEvents(request)) {
    const { status, headers = {}, document } = await work(() => undefined);
    response.status(status).set(headers).json(document);
    return;
  }
  const queue = new EventQueue();
  let begin: () => void = () => undefined;
  const begun = new Promise<void>((resolve) => {
    begin = resolve;
  });
  const worked = work((line) => {
    queue.push(lineEvent(line));
    begin();
  });
  const ended = worked.then(({ document }) => {
    queue.end({ name: 'done', data: document });
  });
  const waiting = new AbortController();
  await Promise.race([begun, ended, delay(silenceMs, undefined, waiting)]).finally(() => {
    waiting.abort();
  });
  ended.catch((error: unknown) => {
    const requestId = requestIdOf(response);
    queue.end({ name: 'error', data: problemOf(toldError(error, telling, requestId), requestId) });
  });
  await streamEvents(response, queue);
}

/** The same as {@link keyedAnswer} for an answer that may be told as the end of a stream as well. */
export async function keyedBuildAnswer(
  request: Request,
  response: Response,
  route: KeyedRoute,
  work: (hold?: Hold) => Promise<BuildAnswer>,
): Promise<BuildAnswer> {
  const { status, headers, body } = await keyedAnswer(request, response, route, async (hold) =>
    inBytes(await work(hold)),
  );
  return { status, headers, document: JSON.parse(Buffer.from(body).toString()) as object };
}

/** The form in which an answer can be kept. */
export function inBytes({ status, headers = {}, document }: BuildAnswer): Answer {
  return { status, headers, body: Buffer.from(JSON.stringify(document)) };
}

/** A build's line as an event. `line` is the Dockerfile's, from 1, or null. */
export function lineEvent({ at, text, line }: BuildLine): StreamedEvent {
  return streamed({ event: 'log', at: at.toISOString(), text, line: line ?? null });
}

function acceptsEvents(request: Request): boolean {
  return /(^|,)\s*text\/event-stream\s*(;|,|$)/i.test(request.headers.accept ?? '');
}
