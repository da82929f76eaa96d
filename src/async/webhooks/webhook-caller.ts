import { DueLoop } from '../due-loop.ts';
import { insist } from '../insist.ts';
import { leaseMs } from '../leases.ts';
import { Slots } from '../slots.ts';
import { callWebhook, type CallParts } from './call.ts';
import type { ClaimedCall, WebhookStore } from './webhook-store.ts';

interface WebhookCallerParts extends CallParts {
  readonly store: WebhookStore;
  readonly instanceId: string;
  readonly onFailure: (message: string, error: unknown) => void;
}

const mostCalls = 8;
/** So that a receiver that does not answer leaves room for others. */
const mostCallsOfOne = 3;

/** Calls the webhooks of invocations that have ended, again and again until they have answered or are given up. */
export class WebhookCaller {
  readonly #parts: WebhookCallerParts;
  readonly #slots = new Slots(mostCalls);
  readonly #loop: DueLoop;
  readonly #running = new Set<Promise<void>>();
  readonly #closing = new AbortController();

  constructor(parts: WebhookCallerParts) {
    this.#parts = parts;
    this.#loop = new DueLoop({
      begin: () => this.#begin(),
      nextDue: (after) => parts.store.nextDue(after),
      clock: parts.clock,
      onFailure: (error) => {
        parts.onFailure('Webhooks that are due could not be looked for', error);
      },
    });
  }

  start(): void {
    this.#loop.start();
  }

  /** There may be one to call. */
  wake(): void {
    this.#loop.wake();
  }

  /** Resolves when the calls under way have been answered, or have run out of time, and that is written down. */
  async close(): Promise<void> {
    await this.#loop.stop();
    this.#closing.abort();
    await Promise.all(this.#running);
  }

  async #begin(): Promise<boolean> {
    if (!this.#slots.hasRoom) return false;
    const { store, clock, instanceId } = this.#parts;
    const now = clock();
    const call = await store.claim({
      now,
      leaseUntil: new Date(now.getTime() + leaseMs),
      leasedBy: instanceId,
      fullFunctions: this.#slots.full,
    });
    if (call === undefined) return false;
    const giveBack = this.#slots.take(call.record.functionId, mostCallsOfOne);
    const run: Promise<void> = this.#carryOut(call).finally(() => {
      giveBack();
      this.#running.delete(run);
      this.wake();
    });
    this.#running.add(run);
    return true;
  }

  async #carryOut(call: ClaimedCall): Promise<void> {
    const { store, onFailure } = this.#parts;
    try {
      const { delivery, dueAt } = await callWebhook(call, this.#parts);
      await insist(
        () => (dueAt === undefined ? store.end(call, delivery) : store.putBack(call, delivery, dueAt)),
        this.#closing.signal,
        (error) => {
          onFailure('The delivery of a webhook could not be written yet', error);
        },
      );
    } catch (error) {
      onFailure('The delivery of a webhook could not be written; it is called again', error);
    }
  }
}
