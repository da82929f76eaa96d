import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { SraasError } from '../errors.ts';
import { failpoint } from '../failpoints.ts';
import { decodeKept, encodeKept, type Answer, type KeptAnswer } from './answer.ts';
import type { AnsweredKey, IdempotencyStore, KeyId, Reservation } from './idempotency-store.ts';
import { inFlight, interrupted, mismatch } from './refusals.ts';

export interface KeyedRequest extends KeyId {
  readonly fingerprint: string;
  /** What a repeat does after the server died over the first: carry it out again, or say that nobody knows how far it came. */
  readonly whenInterrupted: 'take_over' | 'refuse';
  /** Headers that are kept with an error. */
  readonly errorHeaders: Readonly<Record<string, string>>;
}

/** The key, for the work that is done under it. */
export interface Hold {
  /** From here on the work may have effects: if it fails by no fault of the caller it is not to be done again. */
  readonly begun: () => void;
  /** What to keep in the work's own transaction; then nothing is kept once more when the work has returned that answer. */
  readonly answered: (answer: Answer) => AnsweredKey;
}

interface KeyedRequestsParts {
  readonly store: Omit<IdempotencyStore, 'prune'>;
  /** Of this run of the server. */
  readonly runId: string;
  /** Whether another run of a server goes on. */
  readonly isRunning: (runId: string) => Promise<boolean>;
  /** Time that an answer is kept, from the moment it is there. */
  readonly ttlMs: number;
  readonly clock: () => Date;
  /** Told when an answer could not be kept. */
  readonly onFailure: (message: string, error: unknown) => void;
}

/** A request under way is given up only after this and the keys' time: longer than any takes. */
const longestRequestMs = 86_400_000;

/**
 * Carries out requests that have an idempotency key once, and gives the answer again to those that repeat them.
 *
 * What is kept: the answer, and errors by the caller's fault. After an error of capacity or of the platform the key is free
 * again, unless the work had begun to have effects.
 */
export class KeyedRequests {
  readonly #parts: KeyedRequestsParts;
  /** The owners of the requests that this process carries out at this moment. */
  readonly #held = new Set<string>();
  #onIdle: () => void = () => undefined;

  constructor(parts: KeyedRequestsParts) {
    this.#parts = parts;
  }

  /**
   * Does the work, or says what it came to before. An error of the work comes through as it is.
   * @throws SraasError IDEMPOTENCY_MISMATCH, IDEMPOTENCY_IN_FLIGHT, IDEMPOTENCY_INTERRUPTED, and the store's own; then the
   * work was not done.
   */
  async carryOut(
    request: KeyedRequest,
    work: (hold: Hold) => Promise<Answer>,
  ): Promise<{ readonly kept: KeptAnswer; readonly isRepeat: boolean }> {
    const { scope, key, fingerprint } = request;
    const owner = `${this.#parts.runId}.${randomUUID()}`;
    const reservation = { scope, key, fingerprint, owner };
    // Before the key is taken: whoever finds it taken finds its owner alive.
    this.#held.add(owner);
    try {
      const earlier = await this.#reserve(reservation, request);
      if (earlier !== undefined) return { kept: earlier, isRepeat: true };
      return { kept: { kind: 'answer', answer: await this.#perform(reservation, request, work) }, isRepeat: false };
    } finally {
      this.#held.delete(owner);
      if (this.#held.size === 0) this.#onIdle();
    }
  }

  /** Resolves when no request is being carried out any more, or after so long. For the end of the server: none may come now. */
  async settled(withinMs: number): Promise<void> {
    if (this.#held.size === 0) return;
    const waiting = new AbortController();
    const idle = new Promise<void>((resolve) => {
      this.#onIdle = resolve;
    });
    await Promise.race([idle, delay(withinMs, undefined, waiting)]).finally(() => {
      waiting.abort();
    });
  }

  /** Takes the key; or resolves with the answer that there is already. */
  async #reserve(reservation: Reservation, { whenInterrupted }: KeyedRequest): Promise<KeptAnswer | undefined> {
    const { store, clock } = this.#parts;
    for (;;) {
      const found = await store.reserve(reservation, clock(), this.#expiry(longestRequestMs));
      if (found === undefined) return undefined;
      if (found.fingerprint !== reservation.fingerprint) throw mismatch();
      if (found.answer !== undefined) return decodeKept(found.answer);
      if (found.owner === undefined) throw interrupted();
      if (await this.#isAlive(found.owner)) throw inFlight();
      if (whenInterrupted === 'refuse') {
        await store.interrupt(reservation, found.owner, this.#expiry());
        throw interrupted();
      }
      // False when another repeat was faster: then it is found under way in the next round.
      if (await store.takeOver(reservation, found.owner)) return undefined;
    }
  }

  async #isAlive(owner: string): Promise<boolean> {
    const { runId, isRunning } = this.#parts;
    const [ownersRun = ''] = owner.split('.');
    return ownersRun === runId ? this.#held.has(owner) : await isRunning(ownersRun);
  }

  async #perform(
    reservation: Reservation,
    { errorHeaders }: KeyedRequest,
    work: (hold: Hold) => Promise<Answer>,
  ): Promise<Answer> {
    const { store } = this.#parts;
    const done = { hasBegun: false, isKept: false };
    const answered = (kept: KeptAnswer): AnsweredKey => ({
      ...reservation,
      answer: encodeKept(kept),
      expiresAt: this.#expiry(),
    });
    try {
      failpoint('idempotency.reserved');
      const answer = await work({
        begun: () => {
          done.hasBegun = true;
        },
        answered: (early) => {
          done.isKept = true;
          return answered({ kind: 'answer', answer: early });
        },
      });
      if (!done.isKept) await this.#attempt(() => store.keep(answered({ kind: 'answer', answer })));
      failpoint('idempotency.kept');
      return answer;
    } catch (error) {
      await this.#attempt(() => {
        if (error instanceof SraasError && error.kind.fault === 'caller') {
          const { code, message, violations } = error;
          const refusal = { code, message, violations, headers: errorHeaders };
          return store.keep(answered({ kind: 'refusal', refusal }));
        }
        return done.hasBegun
          ? store.interrupt(reservation, reservation.owner, this.#expiry())
          : store.release(reservation, reservation.owner);
      });
      throw error;
    }
  }

  /** The work is done: that its end could not be written down must not take the answer from the client. */
  async #attempt(write: () => Promise<boolean>): Promise<void> {
    try {
      await write();
    } catch (error) {
      // The key stays with an owner that is gone, so that a repeat takes over or is told of the interruption.
      this.#parts.onFailure('The answer to an idempotency key could not be kept', error);
    }
  }

  #expiry(addedMs = 0): Date {
    return new Date(this.#parts.clock().getTime() + this.#parts.ttlMs + addedMs);
  }
}
