import type { Answer } from '../idempotency/answer.ts';
import type { InvocationRequest, Invoker } from '../invocations/invoker.ts';
import { checkEnvelopeBytes } from './envelope-bytes.ts';
import { problemAnswer } from './problem.ts';
import { guardingHeaders } from './request-id.ts';
import { answerWith, notRun } from './routes/invoke.ts';
import { toldError, type ErrorTelling } from './told-error.ts';

export interface UsualCallParts extends ErrorTelling {
  readonly invoker: Pick<Invoker, 'invoke'>;
}

/** A call that asks for nothing but the result of a function: what `POST /functions/hello/invoke` is with no query and no key. */
export interface UsualCall extends Pick<InvocationRequest, 'invocationId' | 'envelope' | 'signal'> {
  readonly reference: string;
}

/** Carries out a usual call, and comes to what the app would answer. Never rejects. */
export async function answerCall(parts: UsualCallParts, call: UsualCall): Promise<Answer> {
  try {
    checkEnvelopeBytes(call.envelope);
    return answerWith(await parts.invoker.invoke(call.reference, call));
  } catch (error) {
    return answerRefused(parts, error, call.invocationId);
  }
}

/** What the app answers to an invoke that did not come to a reply. */
export function answerRefused(telling: ErrorTelling, error: unknown, invocationId: string): Answer {
  const { status, headers, body } = problemAnswer(toldError(error, telling, invocationId), invocationId);
  return { status, headers: { ...notRun(invocationId), ...headers }, body };
}

const guards = Object.entries(guardingHeaders).flat();

/** All headers of an answer but those of its connection: names and values in a row, in the order in which the app sends them. */
export function headersOf(invocationId: string, { headers, body }: Answer): string[] {
  const row = ['X-Request-Id', invocationId, ...guards];
  for (const name in headers) row.push(name, headers[name] ?? '');
  row.push('Content-Length', String(body.byteLength));
  return row;
}
