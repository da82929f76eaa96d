import type { AcceptedWork, Webhook } from '../async/work.ts';
import type { WebhookDelivery } from '../history/invocation-record.ts';
import type { WorkTable } from './schema.ts';

export const noLease = { lease_token: null, lease_until: null, leased_by: null } as const;

/** What waiting invocations need beside the columns. */
interface InvokeDetails {
  readonly deferrals: number;
  readonly webhook: Webhook | undefined;
}

export function toWorkRow({ record, dueAt, expiresAt, webhook }: AcceptedWork): WorkTable {
  return {
    invocation_id: record.id,
    kind: 'invoke',
    function_id: record.functionId,
    version: record.functionVersion,
    attempt: record.attempt,
    due_at: dueAt.toISOString(),
    expires_at: expiresAt.toISOString(),
    ...noLease,
    details: toInvokeDetails({ deferrals: 0, webhook }),
  };
}

export function toInvokeDetails(details: InvokeDetails): string {
  return JSON.stringify(details);
}

export function invokeDetailsOf({ details }: Pick<WorkTable, 'details'>): InvokeDetails {
  return JSON.parse(details) as InvokeDetails;
}

/** A webhook that is not told within this is given up. */
const webhookAgeMs = 86_400_000;

/** The call of a webhook that the end of an invocation makes due; undefined where nobody is told. */
export function toWebhookRow(ended: WorkTable, at: Date): WorkTable | undefined {
  const { webhook } = invokeDetailsOf(ended);
  if (webhook === undefined) return undefined;
  return {
    ...ended,
    kind: 'webhook',
    attempt: 0,
    due_at: at.toISOString(),
    expires_at: new Date(at.getTime() + webhookAgeMs).toISOString(),
    ...noLease,
    details: JSON.stringify(webhook),
  };
}

export function webhookOf({ details }: Pick<WorkTable, 'details'>): Webhook {
  const { url, secret } = JSON.parse(details) as { readonly url: string; readonly secret?: string };
  return { url, secret };
}

export function toDelivery(delivery: WebhookDelivery): string {
  return JSON.stringify(delivery);
}
