import { figuresOf, noFigures } from '../history/attempt-figures.ts';
import type { InvocationRecord } from '../history/invocation-record.ts';
import type { AttemptEnding, NextStep } from './next-step.ts';

/** The record after an attempt: its figures are the attempt's, its outcome is there only when it has ended for good. */
export function afterAttempt(
  running: InvocationRecord,
  ending: AttemptEnding,
  step: NextStep,
  now: Date,
): InvocationRecord {
  const reply = 'reply' in ending ? ending.reply : undefined;
  const hasEnded = step.state !== 'queued';
  return {
    ...running,
    ...(reply === undefined ? noFigures : figuresOf(reply)),
    state: step.state,
    attempt: step.state === 'queued' && !step.consumed ? running.attempt - 1 : running.attempt,
    outcome: hasEnded ? reply?.verdict.outcome : undefined,
    errorCode: hasEnded && 'error' in ending ? ending.error.code : undefined,
    // While it waits again, this says why.
    error: 'error' in ending ? ending.error.message : ending.reply.verdict.error,
    endedAt: hasEnded ? now : undefined,
  };
}
