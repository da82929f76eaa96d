import type { WebhookDelivery } from '../../history/invocation-record.ts';
import { nextCallDelayMs } from './delivery-schedule.ts';
import { post, type PostOptions } from './post.ts';
import { webhookHeaders } from './signature.ts';
import { webhookBody } from './webhook-body.ts';
import type { ClaimedCall } from './webhook-store.ts';

export interface CallParts {
  readonly valueOf: (secret: string) => Promise<string>;
  readonly post?: PostOptions;
  readonly userAgent: string;
  readonly clock: () => Date;
  readonly random: () => number;
}

/** What became of one call; undefined for `dueAt` when no other will follow. */
export interface CallResult {
  readonly delivery: WebhookDelivery;
  readonly dueAt: Date | undefined;
}

/** Gone: the receiver says that it wants no more of these (RFC 9110, section 15.5.11). */
const gone = 410;

/** Calls a webhook once. Never rejects: what went wrong is in the delivery. */
export async function callWebhook(call: ClaimedCall, parts: CallParts): Promise<CallResult> {
  const { attempt, expiresAt } = call;
  const answer = await send(call, parts);
  if ('status' in answer && answer.status >= 200 && answer.status < 300) {
    return { delivery: { state: 'delivered', attempts: attempt, status: answer.status }, dueAt: undefined };
  }
  const delayMs = nextCallDelayMs(attempt, parts.random);
  const dueAt = delayMs === undefined ? undefined : new Date(parts.clock().getTime() + delayMs);
  const isLast = dueAt === undefined || dueAt >= expiresAt || ('status' in answer && answer.status === gone);
  const told = 'status' in answer ? { status: answer.status, error: refusal(answer.status) } : answer;
  return {
    delivery: { state: isLast ? 'failed' : 'pending', attempts: attempt, ...told },
    dueAt: isLast ? undefined : dueAt,
  };
}

async function send(
  call: ClaimedCall,
  { valueOf, post: options, clock, userAgent }: CallParts,
): Promise<{ readonly status: number } | { readonly error: string }> {
  const { url, secret } = call.webhook;
  const body = webhookBody(call);
  try {
    const key = secret === undefined ? undefined : await valueOf(secret);
    const headers = {
      ...webhookHeaders({ id: call.record.id, at: clock(), body }, key),
      'content-type': 'application/json',
      'user-agent': userAgent,
    };
    return { status: await post(new URL(url), headers, body, options ?? { timeoutMs: 10_000, toPrivate: false }) };
  } catch (error) {
    return { error: reasonOf(error) };
  }
}

function refusal(status: number): string {
  if (status >= 300 && status < 400) return `It answered with status ${status}: redirects are not followed.`;
  return `It answered with status ${status}.`;
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'It could not be called.';
  if (error.name === 'TimeoutError' || error.name === 'AbortError') return 'It did not answer in time.';
  const code = 'code' in error && typeof error.code === 'string' ? ` (${error.code})` : '';
  if (error.name === 'NotPublicError' || error.name === 'SraasError') return `It was not called: ${error.message}.`;
  return `It could not be called${code}.`;
}
