import type { ErrorCode, SraasError } from '../errors.ts';
import type { AsyncPolicy } from '../functions/function.ts';
import type { Reply } from '../invocations/reply.ts';
import { deferralDelayMs, retryDelayMs } from './retry-schedule.ts';

/** How an attempt ended: with a reply, or by an error that kept the platform from running it. */
export type AttemptEnding = { readonly reply: Reply } | { readonly error: SraasError };

/** What becomes of an invocation after an attempt. */
export type NextStep =
  | { readonly state: 'succeeded' | 'dead' | 'cancelled' }
  /** `consumed: false`: the attempt does not count. */
  | { readonly state: 'queued'; readonly dueAt: Date; readonly consumed: boolean };

export interface AttemptFacts {
  /** 1, 2, … */
  readonly attempt: number;
  readonly maxAttempts: number;
  readonly expiresAt: Date;
  /** How often in a row, before this time, the platform could not run it. */
  readonly deferrals: number;
  readonly now: Date;
  readonly random: () => number;
}

const removed: ReadonlySet<ErrorCode> = new Set(['FUNCTION_NOT_FOUND', 'VERSION_NOT_FOUND']);

/** Decides what becomes of an invocation after an attempt. Pure. */
export function nextStep(
  ending: AttemptEnding,
  facts: AttemptFacts,
  policy: Pick<AsyncPolicy, 'firstDelayMs'>,
): NextStep {
  if ('reply' in ending) {
    return ending.reply.verdict.outcome === 'ok' ? { state: 'succeeded' } : failed(facts, policy);
  }
  const { code, kind, retryAfterSeconds = 0 } = ending.error;
  if (code === 'INVOCATION_CANCELLED' || removed.has(code)) return { state: 'cancelled' };
  // Another server, or this one after its start, goes on with it at once.
  if (code === 'DRAINING') return { state: 'queued', dueAt: facts.now, consumed: false };
  if (kind.fault === 'caller') return failed(facts, policy);
  const { deferrals, random } = facts;
  const delayMs = Math.max(retryAfterSeconds * 1000, deferralDelayMs(deferrals + 1, random));
  return later(facts, delayMs, false);
}

function failed(facts: AttemptFacts, policy: Pick<AsyncPolicy, 'firstDelayMs'>): NextStep {
  const { attempt, maxAttempts, random } = facts;
  return attempt < maxAttempts ? later(facts, retryDelayMs(policy, attempt, random), true) : { state: 'dead' };
}

/** What would come after its time never comes. */
function later({ now, expiresAt }: AttemptFacts, delayMs: number, consumed: boolean): NextStep {
  const dueAt = new Date(now.getTime() + delayMs);
  return dueAt < expiresAt ? { state: 'queued', dueAt, consumed } : { state: 'dead' };
}
