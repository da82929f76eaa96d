import type { InvocationPayload, InvocationRecord } from '../history/invocation-record.ts';

/** Who is told when an invocation has ended. */
export interface Webhook {
  readonly url: string;
  /** Name of the secret that calls are signed with; undefined for calls without a signature. */
  readonly secret: string | undefined;
}

/** An async invocation on its way into the store. */
export interface AcceptedWork {
  /** `queued`, without an attempt. */
  readonly record: InvocationRecord;
  readonly envelope: Uint8Array;
  /** Not to be run before this. */
  readonly dueAt: Date;
  /** After this it is given up. */
  readonly expiresAt: Date;
  readonly webhook: Webhook | undefined;
}

/** One attempt that this server holds the lease of. */
export interface ClaimedWork extends Omit<AcceptedWork, 'dueAt'> {
  /** `running`; its `attempt` counts this one. */
  readonly record: InvocationRecord;
  /** Names this attempt: whoever has another token must not write. */
  readonly leaseToken: string;
  /** How often in a row it was put back because the platform could not run it. */
  readonly deferrals: number;
}

/** What is left of an invocation that reached its terminal state. Its webhook's call becomes due by it. */
export interface EndedWork {
  readonly record: InvocationRecord;
  readonly payload: Pick<InvocationPayload, 'result' | 'logs'>;
  /** Whether its event is kept any longer. */
  readonly keepsEnvelope: boolean;
}

/** What is written of an invocation that waits again. */
export interface PutBackWork extends Pick<AcceptedWork, 'record' | 'dueAt' | 'webhook'> {
  readonly deferrals: number;
}
