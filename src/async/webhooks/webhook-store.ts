import type { InvocationPayload, InvocationRecord, WebhookDelivery } from '../../history/invocation-record.ts';
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

export interface CallClaimRequest {
  readonly now: Date;
  readonly leaseUntil: Date;
  readonly leasedBy: string;
  /** Functions that have all the calls under way that they may have. */
  readonly fullFunctions: readonly string[];
}

/**
 * Which webhooks still have to be told of an end. Leases are as those of invocations: `putBack` and `end` do nothing, and say
 * false, for whoever has lost its lease.
 */
export interface WebhookStore {
  claim(request: CallClaimRequest): Promise<ClaimedCall | undefined>;
  nextDue(after: Date): Promise<Date | undefined>;
  putBack(call: ClaimedCall, delivery: WebhookDelivery, dueAt: Date): Promise<boolean>;
  /** The webhook was told, or is given up. */
  end(call: ClaimedCall, delivery: WebhookDelivery): Promise<boolean>;
}
