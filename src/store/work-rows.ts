import type { AcceptedWork } from '../async/work.ts';
import type { WorkTable } from './schema.ts';

/** What waiting invocations need beside the columns. */
export interface InvokeDetails {
  readonly deferrals: number;
}

export function toWorkRow({ record, dueAt, expiresAt }: AcceptedWork): WorkTable {
  return {
    invocation_id: record.id,
    kind: 'invoke',
    function_id: record.functionId,
    version: record.functionVersion,
    attempt: record.attempt,
    due_at: dueAt.toISOString(),
    expires_at: expiresAt.toISOString(),
    ...noLease,
    details: toInvokeDetails({ deferrals: 0 }),
  };
}

export const noLease = { lease_token: null, lease_until: null, leased_by: null } as const;

export function toInvokeDetails(details: InvokeDetails): string {
  return JSON.stringify(details);
}

export function invokeDetailsOf({ details }: Pick<WorkTable, 'details'>): InvokeDetails {
  return JSON.parse(details) as InvokeDetails;
}
