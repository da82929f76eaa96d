import type { InvocationPayload, InvocationRecord } from '../history/invocation-record.ts';

/** An async invocation on its way into the store. */
export interface AcceptedWork {
  /** `queued`, without an attempt. */
  readonly record: InvocationRecord;
  readonly envelope: Uint8Array;
  /** Not to be run before this. */
  readonly dueAt: Date;
  /** After this it is given up. */
  readonly expiresAt: Date;
}

/** One attempt that this server holds the lease of. */
export interface ClaimedWork {
  /** `running`; its `attempt` counts this one. */
  readonly record: InvocationRecord;
  readonly envelope: Uint8Array;
  readonly expiresAt: Date;
  /** Names this attempt: whoever has another token must not write. */
  readonly leaseToken: string;
  /** How often in a row it was put back because the platform could not run it. */
  readonly deferrals: number;
}

/** A call of the webhook that waits until it is due. */
export interface Webhook {
  readonly url: string;
  /** Name of the secret that calls are signed with. */
  readonly secret: string | undefined;
}

/** What is left of an invocation that reached its terminal state. */
export interface EndedWork {
  readonly record: InvocationRecord;
  readonly payload: Pick<InvocationPayload, 'result' | 'logs'>;
  /** Who is told of it. */
  readonly webhook: Webhook | undefined;
}

/** What is written of an invocation that waits again. */
export interface PutBackWork {
  readonly record: InvocationRecord;
  readonly dueAt: Date;
  readonly deferrals: number;
}
