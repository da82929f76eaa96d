import type { InvocationPayload, InvocationRecord, WebhookDelivery } from '../../history/invocation-record.ts';
import type { ClaimRequest } from '../claim-request.ts';
import type { Webhook } from '../work.ts';

/** A call of a webhook that this server holds the lease of. */
export interface ClaimedCall {
  readonly record: InvocationRecord;
  readonly payload: InvocationPayload;
  readonly webhook: Webhook;
  /** 1, 2, … */
  readonly attempt: number;
  readonly expiresAt: Date;
  readonly leaseToken: string;
}

/**
 * Which webhooks still have to be told of an end. Leases are as those of invocations: `putBack` and `end` do nothing, and say
 * false, for whoever has lost its lease.
 */
export interface WebhookStore {
  claim(request: ClaimRequest): Promise<ClaimedCall | undefined>;
  nextDue(after: Date): Promise<Date | undefined>;
  putBack(call: ClaimedCall, delivery: WebhookDelivery, dueAt: Date): Promise<boolean>;
  /** The webhook was told, or is given up. */
  end(call: ClaimedCall, delivery: WebhookDelivery): Promise<boolean>;
}
