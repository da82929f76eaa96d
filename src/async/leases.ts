import { SraasError } from '../errors.ts';
import { repeat } from '../repeat.ts';
import type { WorkStore } from './work-store.ts';

interface LeasesParts {
  readonly store: Pick<WorkStore, 'renew'>;
  readonly clock: () => Date;
  readonly onFailure: (message: string, error: unknown) => void;
}

/** How long nobody else takes what this server holds, should it die. */
export const leaseMs = 60_000;
const renewEveryMs = 15_000;

/** Keeps the leases of the attempts under way, and aborts those whose lease somebody took away. */
export class Leases {
  readonly #parts: LeasesParts;
  readonly #held = new Map<string, AbortController>();
  #endRenewals: (() => Promise<void>) | undefined;

  constructor(parts: LeasesParts) {
    this.#parts = parts;
  }

  /** Holds a lease that was claimed. Its signal aborts when it is lost: the invocation was cancelled, or is somebody else's. */
  hold(token: string): { readonly signal: AbortSignal; readonly release: () => void } {
    const controller = new AbortController();
    this.#held.set(token, controller);
    this.#endRenewals ??= repeat({
      work: () => this.#renew(),
      everyMs: renewEveryMs,
      onFailure: (error) => {
        // A lease outlives some renewals that fail.
        this.#parts.onFailure('The leases of asynchronous invocations could not be prolonged', error);
      },
    });
    return {
      signal: controller.signal,
      release: () => {
        this.#held.delete(token);
        if (this.#held.size > 0) return;
        void this.#endRenewals?.();
        this.#endRenewals = undefined;
      },
    };
  }

  /** The tokens of those that are held now. */
  get tokens(): readonly string[] {
    return [...this.#held.keys()];
  }

  async #renew(): Promise<void> {
    const { store, clock } = this.#parts;
    const { tokens } = this;
    const good = await store.renew(tokens, new Date(clock().getTime() + leaseMs));
    for (const token of tokens) if (!good.has(token)) this.#held.get(token)?.abort(lost());
  }
}

function lost(): SraasError {
  return new SraasError('INVOCATION_CANCELLED', 'The invocation was cancelled, or another server goes on with it.');
}
