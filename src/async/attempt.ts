import { SraasError } from '../errors.ts';
import type { FunctionVersion } from '../functions/function.ts';
import { defaultAsyncPolicy } from '../functions/function-policy.ts';
import { keptLogs } from '../history/recorder.ts';
import type { Invoker } from '../invocations/invoker.ts';
import type { Workload } from '../sandboxes/workload.ts';
import { afterAttempt } from './attempt-record.ts';
import { nextStep, type AttemptEnding, type NextStep } from './next-step.ts';
import type { Pinned } from './pinned-version.ts';
import type { ClaimedWork, EndedWork, PutBackWork } from './work.ts';

export interface AttemptParts {
  readonly invoker: Pick<Invoker, 'run'>;
  readonly workloadOf: (version: FunctionVersion) => Workload;
  /** What was thrown, as a client would be told of it. */
  readonly tell: (error: unknown, invocationId: string) => SraasError;
  /** Most bytes of the logs that are kept; the rest is cut off. */
  readonly logBytes: number;
  readonly clock: () => Date;
  /** From 0 up to, but not including, 1. */
  readonly random: () => number;
}

/** What is to be written after an attempt. */
export type AttemptResult =
  { readonly kind: 'ended'; readonly work: EndedWork } | { readonly kind: 'put_back'; readonly work: PutBackWork };

/** Makes one attempt at a claimed invocation, and says what becomes of it. Never rejects. */
export async function makeAttempt(
  parts: AttemptParts,
  claimed: ClaimedWork,
  pinned: Pinned,
  signal: AbortSignal,
): Promise<AttemptResult> {
  const tooLate = reasonNotToBegin(claimed, parts.clock());
  if (tooLate !== undefined && 'version' in pinned) {
    return toResult(parts, uncounted(claimed), pinned, tooLate, { state: 'dead' });
  }
  const ending = 'version' in pinned ? await run(parts, claimed, pinned.version, signal) : pinned;
  const policy = 'version' in pinned ? pinned.version.config.async : defaultAsyncPolicy;
  const { record, expiresAt, deferrals } = claimed;
  const { attempt, maxAttempts } = record;
  const facts = { attempt, maxAttempts, expiresAt, deferrals, now: parts.clock(), random: parts.random };
  const step = nextStep(ending, facts, policy);
  // What is put back has its attempt taken off there.
  const isCounted = 'version' in pinned || step.state === 'queued';
  return toResult(parts, isCounted ? claimed : uncounted(claimed), pinned, ending, step);
}

/** The claim counted an attempt that was not made. */
function uncounted(claimed: ClaimedWork): ClaimedWork {
  return { ...claimed, record: { ...claimed.record, attempt: claimed.record.attempt - 1 } };
}

/** Another server, or this one before its start, had the last attempt and never told its end; or it waited too long. */
function reasonNotToBegin({ record, expiresAt }: ClaimedWork, now: Date): { readonly error: SraasError } | undefined {
  if (record.attempt > record.maxAttempts) {
    return { error: new SraasError('INTERNAL', 'The server ended while the last attempt was under way.') };
  }
  if (now < expiresAt) return undefined;
  return { error: new SraasError('QUEUE_TIMEOUT', 'It could not be run within its maximum age.') };
}

async function run(
  { invoker, workloadOf, tell }: AttemptParts,
  { record, envelope }: ClaimedWork,
  version: FunctionVersion,
  signal: AbortSignal,
): Promise<AttemptEnding> {
  const { id: invocationId, attempt } = record;
  try {
    const bytes = Buffer.from(envelope.buffer, envelope.byteOffset, envelope.byteLength);
    return { reply: await invoker.run(workloadOf(version), { invocationId, attempt, envelope: bytes, signal }) };
  } catch (error) {
    return { error: tell(error, invocationId) };
  }
}

function toResult(
  { clock, logBytes }: AttemptParts,
  claimed: ClaimedWork,
  pinned: Pinned,
  ending: AttemptEnding,
  step: NextStep,
): AttemptResult {
  const record = afterAttempt(claimed.record, ending, step, clock());
  if (step.state === 'queued') {
    const deferrals = step.consumed ? 0 : claimed.deferrals + 1;
    return { kind: 'put_back', work: { record, dueAt: step.dueAt, deferrals, webhook: claimed.webhook } };
  }
  const reply = 'reply' in ending ? ending.reply : undefined;
  const logs = keptLogs(reply?.logs ?? '', logBytes);
  const payload = { result: reply?.verdict.result, logs: logs.bytes };
  const keepsEnvelope = step.state === 'dead' || ('version' in pinned && keepsEvent(pinned.version, step.state));
  const logsTruncated = record.logsTruncated || logs.truncated;
  return { kind: 'ended', work: { record: { ...record, logsTruncated }, payload, keepsEnvelope } };
}

/** A dead letter keeps its event in any case, to be run again; others as the function wants it. */
function keepsEvent({ config }: FunctionVersion, state: 'succeeded' | 'cancelled'): boolean {
  return config.history === 'all' || (config.history === 'failures' && state !== 'succeeded');
}
